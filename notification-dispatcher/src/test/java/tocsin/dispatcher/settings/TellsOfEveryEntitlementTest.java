package tocsin.dispatcher.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.OrgEntitlements;

class TellsOfEveryEntitlementTest {

    private static final MessageCodec<OrgEntitlements> CODEC = MessageCodec.of(OrgEntitlements.class);

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    /** In the order in which they were told, for the topic has one partition. */
    private static List<ConsumerRecord<byte[], byte[]>> told(RunningDispatcher dispatcher, String keysBeginWith) {
        return dispatcher.records(Topics.ORG_ENTITLEMENTS.name()).stream()
                .filter(it -> key(it).startsWith(keysBeginWith))
                .toList();
    }

    private static LongStream allTold(RunningDispatcher dispatcher) {
        return told(dispatcher, "").stream()
                .filter(it -> key(it).equals(RecordKeys.ALL_ENTITLEMENTS_TOLD))
                .mapToLong(ConsumerRecord::offset);
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), UTF_8);
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

    /** More than are told in one transaction. */
    @Test
    void thatIsThereAndThenThatTheyAreAllTold() {
        // Given
        String org = "many-" + RunningDispatcher.newOrg() + "-";
        int many = 1_200;

        // When
        dispatcher.update("""
                insert into notification_dispatcher.entitlements (org_id, guard, webhooks, changed_at)
                select ? || i, true, true, now() from generate_series(1, 1200) i
                """, org);

        // Then
        long last = await().atMost(RunningDispatcher.SOON)
                .until(() -> told(dispatcher, org), it -> it.size() == many)
                .getLast()
                .offset();
        await().atMost(RunningDispatcher.SOON)
                .until(() -> allTold(dispatcher).max().orElse(-1) > last);
        assertTrue(allTold(dispatcher).noneMatch(it -> it > last - many && it < last));
    }

    @Test
    void thatThereIsNone() {
        // When
        try (RunningDispatcher fresh = RunningDispatcher.beside(Map.of())) {
            // Then
            await().atMost(RunningDispatcher.SOON)
                    .until(() -> allTold(fresh).findAny().isPresent());
        }
    }
}
