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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/**
 * The service killed hard where its world sees how far it is: while receivers keep it waiting, just after they have answered, and once a retry was
 * written. {@code -Dtocsin.test.kills=100} is the long form.
 */
class KilledSenderLosesNothingTest {

    private static final Logger LOG = LoggerFactory.getLogger(KilledSenderLosesNothingTest.class);
    private static final int KILLS = Integer.getInteger("tocsin.test.kills", 3);
    private static final int ENDPOINTS = 3;
    private static final int REQUESTS_PER_LIFE = 60;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(2);
    private static final Pattern READY = Pattern.compile("service\\.started");

    /** The same on each run, so that what fails can be looked for. */
    private final Random random = new Random(5);

    private final SenderService sender = SenderService.shared();
    private final List<Registered> endpoints = new ArrayList<>();
    private final Set<String> asked = new HashSet<>();

    private enum Moment {
        WHILE_WAITING,
        AFTER_THE_ANSWER,
        AFTER_A_RETRY
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
                    ChildProcess life = sender.asProcess("sender-0")
                            .env("TOCSIN_DELIVERY_WAITS", "PT1S,PT1.1S,PT1.2S")
                            .start();
                    try {
                        life.awaitLine(READY, LONG);
                        killAt(moment, life, receiver, failing, unsound, kill);
                    } finally {
                        life.close();
                    }
                    receiver.release();
                    failing.answerWith(200);
                    underWay += underWay(receiver);
                }
            } finally {
                sender.forgetMembers();
                sender.start();
            }

            // Then
            Set<String> delivered = new HashSet<>();
            await().atMost(LONG).until(() -> {
                endpoints.forEach(endpoint -> delivered.addAll(sender.delivered(endpoint)));
                delivered.addAll(sender.delivered(unsound));
                return delivered.containsAll(asked);
            });
            assertEquals(asked, delivered);
            Map<String, Integer> repeated = repeated(receiver);
            repeated(failing);
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

    private void killAt(
            Moment moment,
            ChildProcess life,
            WebhookReceiver receiver,
            WebhookReceiver failing,
            Registered unsound,
            int kill) {
        int before = receiver.received().size();
        switch (moment) {
            case WHILE_WAITING -> {
                receiver.hold();
                ask(kill, endpoints);
                await().atMost(LONG)
                        .pollInterval(LOOK)
                        .until(() -> receiver.received().size() > before);
            }
            case AFTER_THE_ANSWER -> {
                ask(kill, endpoints);
                int enough = before + 1 + random.nextInt(REQUESTS_PER_LIFE / 2);
                await().atMost(LONG)
                        .pollInterval(LOOK)
                        .until(() -> receiver.received().size() >= enough);
            }
            case AFTER_A_RETRY -> {
                failing.answerWith(500);
                int written = retries();
                ask(kill, List.of(unsound));
                await().atMost(LONG).pollInterval(LOOK).until(() -> retries() > written);
            }
        }
        life.killHard();
    }

    private int retries() {
        return sender.broker().readAll(Topics.WEBHOOK_RETRY_1S.name()).size();
    }

    private void ask(int kill, List<Registered> of) {
        for (int i = 0; i < REQUESTS_PER_LIFE; i++) {
            WebhookRequested request = SenderService.request(of.get(i % of.size()))
                    .setWebhookId("msg_kill_" + kill + "_" + i)
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

    private static String id(ReceivedRequest request) {
        return request.header("webhook-id").orElseThrow();
    }
}
