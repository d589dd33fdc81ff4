package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.newOrg;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/**
 * The service killed hard at each place where it could lose something, in turn, and then at any time. {@code -Dtocsin.test.kills=100} is the long form.
 */
class KilledSenderLosesNothingTest {

    private static final Logger LOG = LoggerFactory.getLogger(KilledSenderLosesNothingTest.class);
    private static final int KILLS = Integer.getInteger("tocsin.test.kills", Moment.values().length);
    private static final String ID = "msg_kill_";
    private static final int ENDPOINTS = 6;
    private static final int REQUESTS_PER_LIFE = 60;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(2);
    private static final Pattern FIRST_WORDS = Pattern.compile("\\S");
    private static final Pattern READY = Pattern.compile("service\\.started");
    private static final Pattern LEAVING = Pattern.compile("engine\\.partitions\\.leaving");

    /** The same on each run, so that what fails can be looked for. */
    private final Random random = new Random(5);

    private final SenderService sender = SenderService.shared();
    private final List<Registered> endpoints = new ArrayList<>();
    private final Set<String> asked = new HashSet<>();

    private enum Moment {
        AFTER_POLL(KafkaFailpoint.AFTER_POLL),
        AFTER_SEND(""),
        AFTER_RETRY(KafkaFailpoint.AFTER_RETRY),
        IN_REVOKE(""),
        AT_ANY_TIME("");

        /** Empty where the test sees by itself how far it is. */
        private final String failpoint;

        Moment(String failpoint) {
            this.failpoint = failpoint;
        }
    }

    @Test
    void repeatsNoMoreThanWasUnderWay() throws SQLException {
        try (WebhookReceiver receiver = sender.receiver(200);
                WebhookReceiver failing = sender.receiver(200)) {
            // Given
            IntStream.range(0, ENDPOINTS).forEach(_ -> endpoints.add(sender.register(newOrg(), receiver.url())));
            Registered unsound = sender.register(newOrg(), failing.url());
            sender.stop();
            int underWay = 0;
            try {
                // When
                for (int kill = 0; kill < KILLS; kill++) {
                    Moment moment = Moment.values()[kill % Moment.values().length];
                    try (ChildProcess life = begin(moment.failpoint)) {
                        underWay += underWay(receiver);
                        life.awaitLine(READY, LONG);
                        killAt(moment, life, receiver, failing, unsound, kill);
                    }
                    receiver.release();
                    failing.answerWith(200);
                }
                try (ChildProcess last = begin("")) {
                    underWay += underWay(receiver);
                    last.awaitLine(READY, LONG);
                    await().atMost(LONG).until(() -> delivered(unsound).containsAll(asked));
                    last.terminate(LONG);
                }
            } finally {
                sender.forgetMembers();
                sender.start();
            }

            // Then
            assertEquals(asked, delivered(unsound));
            Map<String, Integer> repeated = repeated(receiver);
            repeated(failing).forEach(KilledSenderLosesNothingTest::assertOnlyWhatWasDue);
            int more = repeated.values().stream().mapToInt(times -> times).sum();
            LOG.atInfo()
                    .addKeyValue("kills", KILLS)
                    .addKeyValue("deliveries", asked.size())
                    .addKeyValue("repeated", more)
                    .addKeyValue("underWay", underWay)
                    .log("kills.survived");
            assertTrue(more <= underWay, more + " repeated, " + underWay + " were under way: " + repeated);
        }
    }

    /** The next life. When this returns it has not yet done anything, and all that the last one sent has come. */
    private ChildProcess begin(String failpoint) {
        ChildProcess life = sender.asProcess("sender-0")
                .env("TOCSIN_DELIVERY_WAITS", "PT1S,PT1.1S,PT1.2S")
                // What is held up comes again because of a kill, and for no other reason.
                .env("TOCSIN_EGRESS_DEADLINE", "PT60S")
                .env("KAFKA_CLIENT_INTERCEPTOR_CLASSES", KafkaFailpoint.class.getName())
                .jvmOptions("-D" + KafkaFailpoint.ARMED + "=" + failpoint)
                .start();
        life.awaitLine(FIRST_WORDS, LONG);
        return life;
    }

    private Set<String> delivered(Registered unsound) {
        Set<String> delivered = new HashSet<>(sender.delivered(unsound));
        endpoints.forEach(endpoint -> delivered.addAll(sender.delivered(endpoint)));
        return delivered;
    }

    private void killAt(
            Moment moment,
            ChildProcess life,
            WebhookReceiver receiver,
            WebhookReceiver failing,
            Registered unsound,
            int kill)
            throws SQLException {
        int before = receiver.received().size();
        switch (moment) {
            case AFTER_POLL -> {
                ask(kill, endpoints);
                awaitFailpoint(life, moment);
            }
            case AFTER_SEND -> {
                try (WriteLock lock = new WriteLock()) {
                    ask(kill, endpoints);
                    await().atMost(LONG)
                            .pollInterval(LOOK)
                            .until(() -> receiver.received().size() > before && lock.holdsUpSomebody());
                    life.killHard();
                }
            }
            case AFTER_RETRY -> {
                failing.answerWith(500);
                ask(kill, List.of(unsound));
                awaitFailpoint(life, moment);
            }
            case IN_REVOKE -> {
                receiver.hold();
                ask(kill, endpoints);
                await().atMost(LONG)
                        .pollInterval(LOOK)
                        .until(() -> receiver.received().size() > before);
                try (JoiningMember _ = new JoiningMember()) {
                    life.awaitLine(LEAVING, LONG);
                    life.killHard();
                }
            }
            case AT_ANY_TIME -> {
                ask(kill, endpoints);
                int enough = before + 1 + random.nextInt(REQUESTS_PER_LIFE / 2);
                await().atMost(LONG)
                        .pollInterval(LOOK)
                        .until(() -> receiver.received().size() >= enough);
            }
        }
        life.killHard();
    }

    private static void awaitFailpoint(ChildProcess life, Moment moment) {
        life.awaitLine(Pattern.compile("failpoint " + moment.failpoint), LONG);
    }

    /** While it is held deliveries are asked about, but nothing can be written of them. */
    private final class WriteLock implements AutoCloseable {

        private final Connection connection = sender.postgres().dataSource().getConnection();

        WriteLock() throws SQLException {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("lock table webhook_sender.delivery in share mode");
            }
        }

        boolean holdsUpSomebody() throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select exists (select from pg_locks where not granted"
                            + " and relation = 'webhook_sender.delivery'::regclass)")) {
                return row.next() && row.getBoolean(1);
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** Has partitions given to it by the group, and does nothing with them. */
    private final class JoiningMember implements AutoCloseable {

        private final CountDownLatch end = new CountDownLatch(1);
        private final Thread polling = Thread.ofVirtual().start(this::poll);

        private void poll() {
            try (Consumer<byte[], byte[]> consumer = KafkaClients.of(
                            KafkaConfig.plain(sender.broker().bootstrapServers()))
                    .consumer("webhook-sender", "joining", Map.of())) {
                consumer.subscribe(List.of(Topics.WEBHOOK_REQUESTED.name()));
                while (end.getCount() > 0) {
                    consumer.poll(Duration.ofMillis(100));
                }
            }
        }

        @Override
        public void close() {
            end.countDown();
            try {
                polling.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private void ask(int kill, List<Registered> of) {
        for (int i = 0; i < REQUESTS_PER_LIFE; i++) {
            WebhookRequested request = SenderService.request(of.get(i % of.size()))
                    .setWebhookId(ID + kill + "_" + i)
                    .build();
            asked.add(request.getWebhookId());
            sender.request(request);
        }
    }

    /** Whatever came by then and has no end in the log. */
    private int underWay(WebhookReceiver receiver) throws SQLException {
        Set<String> came = receiver.received().stream()
                .map(KilledSenderLosesNothingTest::id)
                .collect(Collectors.toCollection(HashSet::new));
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select webhook_id from webhook_sender.delivery where settled_at is not null")) {
            while (row.next()) {
                came.remove(row.getString(1));
            }
        }
        return came.size();
    }

    /** How often each came again; always as the same. */
    private static Map<String, Integer> repeated(WebhookReceiver receiver) {
        Map<String, String> bodies = new HashMap<>();
        Map<String, Integer> again = new HashMap<>();
        for (ReceivedRequest request : receiver.received()) {
            String before = bodies.putIfAbsent(id(request), request.bodyText());
            if (before != null) {
                assertEquals(before, request.bodyText());
                again.merge(id(request), 1, Integer::sum);
            }
        }
        return again;
    }

    /** The endpoint fails until the kill: there are the request and one retry, and each kill may let what was done with each be forgotten. */
    private static void assertOnlyWhatWasDue(String id, int again) {
        int askedAt = Integer.parseInt(id.substring(ID.length(), id.lastIndexOf('_')));
        int most = 2 * (KILLS - askedAt);
        assertTrue(again <= most, () -> id + " came again " + again + " times, not " + most + " at the most");
    }

    private static String id(ReceivedRequest request) {
        return request.header("webhook-id").orElseThrow();
    }
}
