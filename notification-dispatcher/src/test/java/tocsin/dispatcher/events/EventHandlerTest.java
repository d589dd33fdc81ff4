package tocsin.dispatcher.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;
import tocsin.service.tracing.Tracing;

class EventHandlerTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    @Test
    void routesNothingBeforeItIsReadWhoSubscribes() throws Exception {
        // Given
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withEndpoint(org, "member.joined");
        List<ConsumerRecord<byte[], byte[]>> batch = List.of(new ConsumerRecord<>(
                Topics.PLATFORM_EVENT.name(),
                0,
                0,
                org.getBytes(UTF_8),
                MessageCodec.of(PlatformEvent.class)
                        .encode(EventReaderTest.event().setOrgId(org).build())));
        var arrivals = new EndpointDirectory.Arrivals();
        try (var table = table(arrivals)) {
            EventHandler handler = handler(new EndpointDirectory(table, arrivals));

            // When
            assertThrows(IllegalStateException.class, () -> handler.handle(batch));
            List<String> before = dispatcher.ledger(org);
            table.start();
            await().atMost(RunningDispatcher.SOON).until(table::isLoaded);
            handler.handle(batch);

            // Then
            assertEquals(List.of(), before);
            assertEquals(List.of("event " + endpoint + " pending -"), dispatcher.ledger(org));
        }
    }

    /** One that waits for no table. */
    private EventHandler handler(EndpointDirectory endpoints) {
        return new EventHandler(
                EventReaderTest.TYPES,
                dispatcher.bean(EventDispatch.class),
                endpoints,
                dispatcher.bean(Quarantine.class),
                dispatcher.bean(Tracing.class),
                Duration.ZERO);
    }

    /** Not started. */
    private TopicTable<WebhookEndpoint> table(EndpointDirectory.Arrivals arrivals) {
        return new TopicTable<>(
                dispatcher.bean(KafkaClients.class),
                Topics.WEBHOOK_ENDPOINT.name(),
                MessageCodec.of(WebhookEndpoint.class)::decode,
                dispatcher.bean(Quarantine.class),
                arrivals);
    }
}
