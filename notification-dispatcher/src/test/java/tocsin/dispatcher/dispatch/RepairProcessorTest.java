package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookRequested;

/** What stays pending is asked for again, byte for byte; what ended is not. */
class RepairProcessorTest {

    private static RunningDispatcher dispatcher;

    private final String org = RunningDispatcher.newOrg();

    @BeforeAll
    static void start() {
        dispatcher = RunningDispatcher.beside(
                Map.of("tocsin.repair.every", "PT24H", "tocsin.links.tracker-url", "https://tocsin.example.com"));
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    private static void aDayPasses(String table) {
        dispatcher.update(
                "update notification_dispatcher." + table + " set asked_at = asked_at - interval '1 day' where ? <> ''",
                "-");
    }

    private static List<ConsumerRecord<byte[], byte[]>> requests(String key) {
        return dispatcher.records(Topics.WEBHOOK_REQUESTED.name()).stream()
                .filter(it -> Arrays.equals(it.key(), key.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Test
    void asksForNoticesAndEventsAgainWithTheSameIdsAndBodies() {
        // Given a truncated notice and an event that nobody answers for
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(Samples.matched(
                        "org:" + org,
                        Samples.advisory().setPackageName("pkg-" + org),
                        Samples.downloads(3, "2026-04-15T08:30:00Z"))
                .setNextOlderAt(Instant.parse("2026-04-01T00:00:00Z")));
        dispatcher.produce(
                Topics.PLATFORM_EVENT.name(),
                org,
                MessageCodec.of(PlatformEvent.class)
                        .encode(PlatformEvent.newBuilder()
                                .setEventId("1")
                                .setOrgId(org)
                                .setType("member.joined")
                                .setOccurredAt(Instant.parse("2026-04-01T00:00:00Z"))
                                .setData("{\"user_id\":\"u\",\"email\":\"dev@example.com\",\"role\":\"MEMBER\"}")
                                .setWebhookEndpointIds(List.of(endpoint))
                                .build()));
        dispatcher.awaitWebhooks(org, 2);
        RepairProcessor repair = dispatcher.bean(RepairProcessor.class);

        // When nothing is old, then all is
        repair.askAgain();
        assertEquals(2, requests(endpoint).size());
        aDayPasses("kept_notice");
        aDayPasses("kept_request");
        repair.askAgain();
        repair.askAgain();

        // Then
        List<ConsumerRecord<byte[], byte[]>> all =
                await().atMost(RunningDispatcher.SOON).until(() -> requests(endpoint), it -> it.size() >= 4);
        assertEquals(4, all.size());
        for (ConsumerRecord<byte[], byte[]> first : all.subList(0, 2)) {
            ConsumerRecord<byte[], byte[]> again = all.subList(2, 4).stream()
                    .filter(it -> Arrays.equals(messageId(it), messageId(first)))
                    .findFirst()
                    .orElseThrow();
            assertArrayEquals(first.value(), again.value());
        }

        // When they end
        for (WebhookRequested webhook : dispatcher.webhooks(org)) {
            dispatcher.settle(webhook, DeliveryOutcome.DELIVERED);
        }

        // Then nothing is kept that could be asked for
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .rows("select 1 from notification_dispatcher.kept_notice union all"
                                + " select 1 from notification_dispatcher.kept_request")
                        .isEmpty());
        assertEquals(
                List.of(),
                dispatcher.ledger(org).stream()
                        .filter(it -> it.contains("pending"))
                        .toList());
    }

    @Test
    void asksForTheOthersWhereOneCannotBeRead() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        for (String name : List.of("bad-" + org, "good-" + org)) {
            dispatcher.match(Samples.matched(
                    "org:" + org,
                    Samples.advisory().setPackageName(name),
                    Samples.downloads(1, "2026-04-15T08:30:00Z")));
        }
        dispatcher.awaitWebhooks(org, 2);
        dispatcher.update("""
                update notification_dispatcher.kept_notice k set match = '\\x010203' from notification_dispatcher.notification n
                where n.notification_id = k.notification_id and n.subject like ?
                """, "%bad-" + org + "%");
        aDayPasses("kept_notice");

        // When
        RepairProcessor repair = dispatcher.bean(RepairProcessor.class);
        int first = repair.askAgain();
        int second = repair.askAgain();

        // Then
        await().atMost(RunningDispatcher.SOON).until(() -> requests(endpoint).size() == 3);
        assertEquals(2, first);
        assertEquals(0, second);
        dispatcher.update(
                "delete from notification_dispatcher.kept_notice k using notification_dispatcher.notification n"
                        + " where n.notification_id = k.notification_id and n.audience = ?",
                "org:" + org);
    }

    private static byte[] messageId(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader("message-id").value();
    }
}
