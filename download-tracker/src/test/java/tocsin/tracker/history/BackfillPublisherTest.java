package tocsin.tracker.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static tocsin.tracker.history.RunningTracker.BROKER;
import static tocsin.tracker.history.RunningTracker.download;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;

class BackfillPublisherTest {

    private static final Instant FETCHED_AT = Instant.parse("2026-04-15T08:30:00Z");

    /** An erasure or a cancellation that comes right after must not be overtaken by what was still on its way. */
    @Test
    void leavesNothingOnItsWayWhenOneIsRefused() {
        // Given a record that goes at once and is refused, and others that the producer would still gather for a while
        String prefix = "t" + UUID.randomUUID() + ".";
        String topic = prefix + Topics.DOWNLOAD_RECORDED.name();
        BROKER.createTopic(topic, 12, Map.of("max.message.bytes", "1500"));
        KafkaConfig config =
                new KafkaConfig(BROKER.bootstrapServers(), prefix, Map.of("linger.ms", "4000", "batch.size", "1000"));
        byte[] noise = new byte[1_000];
        new Random(1).nextBytes(noise);
        String incompressible = HexFormat.of().formatHex(noise);
        List<HistoryRow> rows = new ArrayList<>();
        // The second does not fit into the first one's batch, so that one leaves without waiting.
        for (int i = 0; i < 2; i++) {
            rows.add(HistoryRow.of(download(i, FETCHED_AT)
                    .setVersion(incompressible.substring(0, 1_000))
                    .setSource(incompressible.substring(1_000, 2_000))
                    .build()));
        }
        for (int i = 2; i <= 6; i++) {
            rows.add(HistoryRow.of(
                    download(i, FETCHED_AT).setPackageName("package-" + i).build()));
        }

        try (KafkaClients clients = KafkaClients.of(config);
                BackfillPublisher publisher = new BackfillPublisher(clients)) {
            // When
            assertThrows(KafkaException.class, () -> publisher.publish(rows));

            // Then
            MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);
            assertEquals(
                    List.of("package-2", "package-3", "package-4", "package-5", "package-6"),
                    BROKER.readAll(topic).stream()
                            .map(record -> codec.decode(record.value()).getPackageName())
                            .sorted()
                            .toList());
        }
    }
}
