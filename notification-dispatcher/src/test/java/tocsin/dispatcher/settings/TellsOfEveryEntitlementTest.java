package tocsin.dispatcher.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.service.kafka.KafkaClients;
import tocsin.testsupport.MovableClock;

class TellsOfEveryEntitlementTest {

    private static final MessageCodec<OrgEntitlements> CODEC = MessageCodec.of(OrgEntitlements.class);

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    /** In the order in which they were told, for the topic has one partition. */
    private static List<ConsumerRecord<byte[], byte[]>> told(RunningDispatcher dispatcher, String keysBeginWith) {
        return dispatcher.records(Topics.ORG_ENTITLEMENTS.name()).stream()
                .filter(it -> key(it).startsWith(keysBeginWith))
                .toList();
    }

    private static void awaitAllTold(RunningDispatcher dispatcher, int times) {
        await().atMost(RunningDispatcher.SOON)
                .until(() -> told(dispatcher, "").stream()
                                .filter(it -> key(it).equals(RecordKeys.ALL_ENTITLEMENTS_TOLD))
                                .count()
                        >= times);
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), UTF_8);
    }

    /** Else what a test saves is told by its start, too. */
    @BeforeEach
    void awaitEndOfTheStart() {
        awaitAllTold(dispatcher, 1);
    }

    private List<String> awaitTold(String org, int times) {
        return await()
                .atMost(RunningDispatcher.SOON)
                .until(() -> told(dispatcher, org), it -> it.size() == times)
                .stream()
                .map(it -> CODEC.decode(it.value()))
                .map(it -> it.getOrgId() + " " + it.getGuard() + " " + it.getWebhooks())
                .toList();
    }

    @Test
    void whenItIsSaved() {
        // Given
        String org = "saved-" + RunningDispatcher.newOrg();
        dispatcher.ok(
                "PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), "{\"guard\":false,\"webhooks\":true}");

        // When
        dispatcher.ok(
                "PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), "{\"guard\":true,\"webhooks\":false}");

        // Then
        assertEquals(List.of(org + " false true", org + " true false"), awaitTold(org, 2));
    }

    /** Whose clock is ahead of this instance's. */
    @Test
    void asNewerThanWhatAnotherInstanceSavedBefore() {
        // Given
        String org = "ahead-" + RunningDispatcher.newOrg();
        dispatcher.entitle(org);
        dispatcher.update(
                "update notification_dispatcher.entitlements set changed_at = '2100-01-01 00:00:00Z', announced_change = '2100-01-01 00:00:00Z' where org_id = ?",
                org);

        // When
        dispatcher.entitle(org);

        // Then
        awaitTold(org, 2);
        assertEquals(
                Instant.parse("2100-01-01T00:00:00.001Z"),
                CODEC.decode(told(dispatcher, org).getLast().value()).getChangedAt());
    }

    @Test
    void thatAnInstanceOfAReleaseBeforeSaves() {
        // Given
        String org = "before-" + RunningDispatcher.newOrg();
        dispatcher.entitle(org);

        // When
        dispatcher.update(
                "update notification_dispatcher.entitlements set webhooks = false, changed_at = now() where org_id = ?",
                org);

        // Then
        assertEquals(List.of(org + " true true", org + " true false"), awaitTold(org, 2));
    }

    /** More than are told in one transaction, and all of them told before: the topic may have been lost since. */
    @Test
    void thatIsThereAtEachStartAndThenThatTheyAreAllTold() {
        // Given
        try (RunningDispatcher fresh = RunningDispatcher.beside(Map.of())) {
            awaitAllTold(fresh, 1);
            fresh.update("""
                    insert into notification_dispatcher.entitlements (org_id, guard, webhooks, changed_at, announced_change)
                    select ? || i, i % 2 = 0, true, now(), now() from generate_series(1, 1200) i
                    """, "many-");

            // When
            try (RunningDispatcher _ = fresh.another()) {
                awaitAllTold(fresh, 2);
            }

            // Then
            List<String> keys = told(fresh, "").stream()
                    .map(TellsOfEveryEntitlementTest::key)
                    .toList();
            assertEquals(RecordKeys.ALL_ENTITLEMENTS_TOLD, keys.getFirst());
            assertEquals(
                    IntStream.rangeClosed(1, 1_200).mapToObj(i -> "many-" + i).collect(Collectors.toSet()),
                    Set.copyOf(keys.subList(1, keys.size() - 1)));
            assertEquals(1_202, keys.size());
            assertEquals(RecordKeys.ALL_ENTITLEMENTS_TOLD, keys.getLast());
        }
    }

    /** What the topic has last of an organisation may be older than what it has before, and compaction keeps the last. */
    @Test
    void againEachDayLongBeforeTheTopicIsCompacted() throws Exception {
        // Given
        String org = "daily-" + RunningDispatcher.newOrg();
        dispatcher.entitle(org);
        MovableClock clock = MovableClock.at(Samples.PUBLISHED);
        EntitlementsProcessor processor = new EntitlementsProcessor(
                dispatcher.bean(SettingsRepository.class), dispatcher.bean(KafkaClients.class), clock);
        processor.tellWhatIsDue();

        // When
        clock.advance(EntitlementsProcessor.TOLD_FOR.minusMillis(1));
        processor.tellWhatIsDue();
        clock.advance(Duration.ofMillis(1));
        processor.tellWhatIsDue();
        dispatcher.entitle(org);

        // Then told when it was saved, twice with all others, and when it was saved again
        awaitTold(org, 4);
        Duration kept = Duration.ofMillis(Long.parseLong(
                Objects.requireNonNull(Topics.ORG_ENTITLEMENTS.config().get("min.compaction.lag.ms"))));
        assertTrue(kept.compareTo(EntitlementsProcessor.TOLD_FOR.multipliedBy(2)) >= 0, "kept for " + kept);
    }

    /** A record that the broker does not take would hold up the alarms behind it. */
    @Test
    void onceTheTopicIsThereAndHoldsUpNoAlarmUntilThen() throws Exception {
        // Given
        String org = RunningDispatcher.newOrg();
        try (RunningDispatcher fresh = RunningDispatcher.beside(Map.of())) {
            fresh.withWebhook(org);
            awaitAllTold(fresh, 1);
            await().atMost(RunningDispatcher.SOON).until(() -> !told(fresh, org).isEmpty());
            KafkaClients clients = fresh.bean(KafkaClients.class);
            String topic = clients.topic(Topics.ORG_ENTITLEMENTS.name());
            clients.admin().deleteTopics(List.of(topic)).all().get();

            // When
            try (RunningDispatcher _ = fresh.another()) {
                fresh.match(Samples.matched("org:" + org, Samples.advisory()));

                // Then
                fresh.awaitWebhooks(org, 1);
                fresh.broker().createTopic(topic, Topics.ORG_ENTITLEMENTS.devPartitions());
                awaitAllTold(fresh, 1);
                assertEquals(1, told(fresh, org).size());
            }
        }
    }

    @Test
    void thatThereIsNone() {
        // When
        try (RunningDispatcher fresh = RunningDispatcher.beside(Map.of())) {
            // Then
            awaitAllTold(fresh, 1);
        }
    }
}
