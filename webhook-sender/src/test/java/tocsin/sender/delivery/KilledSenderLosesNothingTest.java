package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.newOrg;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/**
 * The service killed hard at each place where it could lose something, in turn, and then at any time. {@code -Dtocsin.test.kills=100} is the long form.
 */
class KilledSenderLosesNothingTest {

    private static final Logger LOG = LoggerFactory.getLogger(KilledSenderLosesNothingTest.class);
    private static final MessageCodec<WebhookRequested> REQUESTED = MessageCodec.of(WebhookRequested.class);
    private static final int KILLS = Integer.getInteger("tocsin.test.kills", Moment.values().length);
    private static final String ID = "msg_kill_";
    private static final int ENDPOINTS = 6;
    private static final int REQUESTS_PER_LIFE = 60;
    /** No more than one endpoint has under way at once. */
    private static final int RETRIED = 4;

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(2);
    /** Several times the pause between two commits. */
    private static final Duration SEVERAL_COMMITS = Duration.ofMillis(400);

    private static final Pattern FIRST_WORDS = Pattern.compile("\\S");
    private static final Pattern READY = Pattern.compile("service\\.started");
    private static final Pattern LEAVING = Pattern.compile("engine\\.partitions\\.leaving");

    /** The same on each run, so that what fails can be looked for. */
    private final Random random = new Random(5);

    private final SenderService sender = SenderService.shared();
    private final List<Registered> endpoints = new ArrayList<>();
    private final Set<String> asked = new HashSet<>();

    /** What failed once in a life that nobody ended. */
    private final Set<String> retried = new HashSet<>();

    private final UnderWay underWay = new UnderWay(sender.postgres().dataSource());

    private enum Moment {
        AFTER_POLL,
        AFTER_SEND,
        AFTER_RETRY,
        IN_REVOKE,
        BEFORE_COMMIT,
        AT_ANY_TIME
    }

    @Test
    void repeatsNoMoreThanWasUnderWay() throws SQLException {
        try (WebhookReceiver receiver = sender.receiver(200);
                WebhookReceiver failing = sender.receiver(200)) {
            // Given
            IntStream.range(0, ENDPOINTS).forEach(_ -> endpoints.add(sender.register(newOrg(), receiver.url())));
            Registered unsound = sender.register(newOrg(), failing.url());
            sender.stop();
            try {
                // When
                for (int kill = 0; kill < KILLS; kill++) {
                    Moment moment = Moment.values()[kill % Moment.values().length];
                    int beforeLife = receiver.received().size();
                    try (ChildProcess life = moment == Moment.AFTER_RETRY ? beginToStopAfterRetry() : begin()) {
                        underWay.note(receiver, failing);
                        life.awaitLine(READY, LONG);
                        killAt(moment, life, receiver, beforeLife, failing, unsound, kill);
                    }
                    receiver.release();
                    failing.release();
                    failing.answerWith(200);
                }
                try (ChildProcess last = begin()) {
                    underWay.note(receiver, failing);
                    last.awaitLine(READY, LONG);
                    await().atMost(LONG).until(() -> delivered(unsound).containsAll(asked));
                    failOnce(failing, unsound);
                    last.terminate(LONG);
                }
            } finally {
                sender.forgetMembers();
                sender.start();
            }

            // Then
            assertEquals(asked, delivered(unsound));
            Map<String, Integer> repeated = repeated(receiver);
            Map<String, Integer> repeatedWhereItFailed = repeated(failing);
            LOG.atInfo()
                    .addKeyValue("kills", KILLS)
                    .addKeyValue("deliveries", asked.size())
                    .addKeyValue("repeated", sum(repeated))
                    .addKeyValue("repeatedWhereItFailed", sum(repeatedWhereItFailed))
                    .addKeyValue("underWay", sum(underWay.lives()))
                    .log("kills.survived");
            assertAll(
                    () -> assertRepeatedAtMost(1, repeated),
                    // It fails until the kill, so that the retry is due and the request itself comes again.
                    () -> assertRepeatedAtMost(2, repeatedWhereItFailed));
        }
    }

    private static int sum(Map<String, Integer> times) {
        return times.values().stream().mapToInt(it -> it).sum();
    }

    /** @param times for each kill while it was under way */
    private void assertRepeatedAtMost(int times, Map<String, Integer> repeated) {
        Map<String, Integer> tooOften = new TreeMap<>(repeated);
        tooOften.entrySet()
                .removeIf(it -> it.getValue()
                        <= times * underWay.lives().getOrDefault(it.getKey(), 0)
                                + (retried.contains(it.getKey()) ? 1 : 0));
        assertEquals(Map.of(), tooOften, () -> "came again too often; under way were " + underWay.lives());
    }

    /** The next life. When this returns it has not yet done anything, and all that the last one sent has come. */
    private ChildProcess begin() {
        return begin(process());
    }

    private ChildProcess beginToStopAfterRetry() {
        return begin(process().env("KAFKA_CLIENT_INTERCEPTOR_CLASSES", AfterRetryFailpoint.class.getName()));
    }

    private ChildProcess.Builder process() {
        return sender.asProcess("sender-0")
                // No retry is due in the life that wrote it.
                .env("TOCSIN_DELIVERY_WAITS", "PT3S,PT3.1S,PT3.2S")
                // What is held up comes again because of a kill, and for no other reason.
                .env("TOCSIN_EGRESS_DEADLINE", "PT60S");
    }

    private static ChildProcess begin(ChildProcess.Builder process) {
        ChildProcess life = process.start();
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
            int beforeLife,
            WebhookReceiver failing,
            Registered unsound,
            int kill)
            throws SQLException {
        int before = receiver.received().size();
        switch (moment) {
            case AFTER_POLL -> {
                try (DeliveryTableLock lock =
                        new DeliveryTableLock(sender.postgres().dataSource(), "access exclusive")) {
                    ask(kill, endpoints);
                    // With the deliveries, not with the thread that reads: what counts as done although it is not is
                    // told to the broker meanwhile.
                    await().atMost(LONG).during(SEVERAL_COMMITS).until(lock::holdsUpSomebody);
                    life.killHard();
                }
            }
            case AFTER_SEND -> {
                // While it is held deliveries are asked about, but nothing can be written of them. What this life sends
                // may all be of an earlier kill: then that has all places of its endpoints.
                try (DeliveryTableLock lock =
                        new DeliveryTableLock(sender.postgres().dataSource(), "share")) {
                    ask(kill, endpoints);
                    await().atMost(LONG)
                            .pollInterval(LOOK)
                            .until(() -> receiver.received().size() > beforeLife
                                    && lock.holdsUpSomebody()
                                    && !underWay.withoutEnd(receiver).isEmpty());
                    life.killHard();
                }
            }
            case AFTER_RETRY -> {
                failing.answerWith(500);
                ask(kill, List.of(unsound));
                life.awaitLine(Pattern.compile(AfterRetryFailpoint.REACHED), LONG);
            }
            case IN_REVOKE -> {
                receiver.hold();
                ask(kill, endpoints);
                await().atMost(LONG)
                        .pollInterval(LOOK)
                        .until(() -> receiver.received().size() > before);
                try (JoiningMember _ = new JoiningMember(sender)) {
                    life.awaitLine(LEAVING, LONG);
                    life.killHard();
                }
            }
            case BEFORE_COMMIT -> {
                // Behind what hangs, its partition's others have their end and are not committed.
                failing.hold();
                int hanging = failing.received().size() + 1;
                ask(ID + kill + "_hangs", unsound);
                failing.awaitRequests(hanging, LONG);
                Set<String> behind = ask(kill, endpoints);
                await().atMost(LONG).until(() -> delivered(unsound).containsAll(behind));
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

    private Set<String> ask(int kill, List<Registered> of) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < REQUESTS_PER_LIFE; i++) {
            String id = ID + kill + "_" + i;
            ask(id, of.get(i % of.size()));
            ids.add(id);
        }
        return ids;
    }

    private void ask(String id, Registered of) {
        asked.add(id);
        sender.request(SenderService.request(of).setWebhookId(id).build());
    }

    /** While all retries are held, none can be settled because another of the same has come before it. */
    private void failOnce(WebhookReceiver failing, Registered unsound) {
        int before = failing.received().size();
        failing.answerWith(500, 500, 500, 500, 200);
        for (int i = 0; i < RETRIED; i++) {
            retried.add(ID + "once_" + i);
        }
        retried.forEach(id -> ask(id, unsound));
        await().atMost(LONG).until(() -> writtenToBeRetried().containsAll(retried));
        failing.hold();
        failing.awaitRequests(before + 2 * RETRIED, LONG);
        failing.release();
        await().atMost(LONG).until(() -> delivered(unsound).containsAll(retried));
    }

    private Set<String> writtenToBeRetried() {
        return sender.broker().readAll(Topics.WEBHOOK_RETRY_1S.name()).stream()
                .map(record -> REQUESTED.decode(record.value()).getWebhookId())
                .collect(Collectors.toSet());
    }

    /** How often each came again; always as the same. */
    private static Map<String, Integer> repeated(WebhookReceiver receiver) {
        Map<String, String> bodies = new HashMap<>();
        Map<String, Integer> again = new HashMap<>();
        for (ReceivedRequest request : receiver.received()) {
            String before = bodies.putIfAbsent(UnderWay.id(request), request.bodyText());
            if (before != null) {
                assertEquals(before, request.bodyText());
                again.merge(UnderWay.id(request), 1, Integer::sum);
            }
        }
        return again;
    }
}
