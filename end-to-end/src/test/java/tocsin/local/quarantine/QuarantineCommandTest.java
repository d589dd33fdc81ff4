package tocsin.local.quarantine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.local.CommandRun;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.Bytes;
import tocsin.local.running.OutgoingRecord;
import tocsin.local.running.RecordProducer;
import tocsin.schemas.Topics;
import tocsin.testsupport.KafkaBroker;

class QuarantineCommandTest {

    private static final byte[] BAD = {(byte) 0xC3, 1, 2, 27, '[', '2', 'J'};

    private static final AtomicInteger TESTS = new AtomicInteger();

    private static KafkaBroker broker;

    /** Each test has topics of its own. */
    private final String prefix = "test-" + TESTS.incrementAndGet() + ".";

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void quarantineOneRecord() {
        broker.createTopic(prefix + "download-tracker.quarantine", 3);
        broker.createTopic(prefix + "download.observed", 6);
        try (RecordProducer producer = new RecordProducer(new BrokerAddress(broker.bootstrapServers(), ""))) {
            producer.sendNow(new OutgoingRecord(
                            prefix + "download-tracker.quarantine",
                            OptionalInt.of(2),
                            Optional.of(Bytes.of("proxy-1")),
                            Optional.of(Bytes.of(BAD)),
                            List.of())
                    .with("traceparent", "00-abc-def-01")
                    .with("quarantine-reason", "not in Avro single-object encoding")
                    .with("quarantine-topic", prefix + "download.observed")
                    .with("quarantine-partition", "4")
                    .with("quarantine-offset", "77")
                    .with("quarantine-at", "2026-01-02T03:04:05Z"));
        }
    }

    @Test
    void listsEveryServicesQuarantine() {
        // Given
        Topics.SERVICES.forEach(service -> broker.createTopic(prefix + service + ".quarantine", 3));

        // When
        CommandRun run = quarantine("list");

        // Then
        assertEquals("""
                SERVICE                  RECORD    AT                              ORIGIN                              BYTES  REASON
                download-tracker         2:0       2026-01-02T03:04:05Z            %-32s        7  not in Avro single-object encoding
                1 record.
                """.formatted(prefix + "download.observed 4:77"), run.out());
        assertEquals(
                "Nothing lies in quarantine.",
                quarantine("list", "webhook-sender").out().strip());
    }

    @Test
    void showsARecordWithoutLettingItSpeakToTheTerminal() {
        // When
        CommandRun run = quarantine("show", "download-tracker", "2:0");

        // Then
        assertTrue(run.out().contains("quarantine-reason: not in Avro single-object encoding"), run.out());
        assertTrue(run.out().contains("00000000  c3 01 02 1b 5b 32 4a"), run.out());
        assertTrue(run.out().contains("....[2J"), run.out());
        assertEquals(-1, run.out().indexOf('\u001b'));
    }

    @Test
    void savesTheValueForMending() throws IOException {
        // Given
        Path file = folder.resolve("bad.avro");

        // When
        quarantine("show", "download-tracker", "2:0", "--save", file.toString());

        // Then
        assertArrayEquals(BAD, Files.readAllBytes(file));
    }

    @Test
    void sendsARecordBackToItsPartitionWithItsOwnKeyAndHeaders() {
        // When
        CommandRun run = quarantine("redrive", "download-tracker", "2:0");

        // Then
        assertEquals("Sent to " + prefix + "download.observed 4:0.", run.out().strip());
        ConsumerRecord<byte[], byte[]> back =
                broker.readAll(prefix + "download.observed").getFirst();
        assertEquals(4, back.partition());
        assertEquals("proxy-1", new String(back.key(), UTF_8));
        assertArrayEquals(BAD, back.value());
        assertEquals(
                List.of("traceparent"),
                StreamSupport.stream(back.headers().spliterator(), false)
                        .map(header -> header.key())
                        .toList());
    }

    @Test
    void sendsTheMendedValueAndListsTheMark() throws IOException {
        // Given
        Path mended = Files.writeString(folder.resolve("mended.avro"), "mended");

        // When
        CommandRun run = quarantine("redrive", "download-tracker", "2:0", "--with", mended.toString());

        // Then
        assertEquals(
                "Sent to " + prefix + "download.observed 4:0, mended.",
                run.out().strip());
        assertEquals(
                "mended",
                new String(
                        broker.readAll(prefix + "download.observed").getFirst().value(), UTF_8));
        String list = quarantine("list", "download-tracker").out();
        assertTrue(list.contains("[redriven to 4:0] not in Avro"), list);
        assertTrue(list.endsWith("1 record.\n"), list);
    }

    @Test
    void sendsARecordASecondTimeOnlyWhenToldTwice() {
        // Given
        quarantine("redrive", "download-tracker", "2:0");

        // When
        CommandRun second = quarantine("redrive", "download-tracker", "2:0");
        CommandRun third = quarantine("redrive", "download-tracker", "2:0", "--again");

        // Then
        assertEquals(1, second.exitCode());
        assertEquals(
                "2:0 was redriven before; --again sends it once more",
                second.err().strip());
        assertEquals(0, third.exitCode());
        assertEquals(2, broker.readAll(prefix + "download.observed").size());
    }

    @Test
    void complainsInOneLineOfARecordThatIsNotThere() {
        assertEquals(
                "there is no record 2:9 in the quarantine of download-tracker",
                quarantine("show", "download-tracker", "2:9").err().strip());
        assertEquals(
                "there is no record 7:0 in the quarantine of download-tracker",
                quarantine("show", "download-tracker", "7:0").err().strip());
    }

    @Test
    void refusesNamesThatItDoesNotKnow() {
        assertEquals(2, quarantine("list", "mail-sender").exitCode());
        assertEquals(2, quarantine("show", "download-tracker", "2").exitCode());
    }

    private CommandRun quarantine(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap", broker.bootstrapServers(), "--topic-prefix", prefix));
        return CommandRun.of(new QuarantineCommand(), all.toArray(String[]::new));
    }
}
