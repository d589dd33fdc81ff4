package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.eventIds;
import static tocsin.matcher.topology.Samples.only;
import static tocsin.matcher.topology.Samples.osv;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tocsin.matcher.match.Advisories;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.AdvisoryScan;
import tocsin.service.kafka.QuarantineHeaders;

/** What cannot be read, or cannot be, is put aside with its reason, and its neighbours flow. */
class QuarantinesWhatItCannotReadTest {

    @AutoClose
    private final MatchPipe pipe = new MatchPipe();

    @Test
    void quarantinesAScanThatStrayedToAnotherPartition() {
        // Given
        AdvisoryScan strayed = AdvisoryScan.newBuilder()
                .setPartition(3)
                .setAdvisory(Advisories.advisory().setAllVersions(true).build())
                .setAfterAudience("")
                .setStartedAt(MatchPipe.NOW)
                .build();
        pipe.download(download("e1"));

        // When
        pipe.sendBytes(
                Topics.ADVISORY_SCAN, null, MessageCodec.of(AdvisoryScan.class).encode(strayed));

        // Then
        assertEquals("is for partition 3", header(only(pipe.quarantined()), QuarantineHeaders.REASON));
        assertEquals(List.of(), pipe.matches());
    }

    @Test
    void quarantinesWhatCannotBeReadOnEachTopicAndItsNeighboursFlow() {
        // Given
        byte[] junk = "no avro".getBytes(UTF_8);

        // When
        pipe.sendBytes(Topics.ADVISORY_PUBLISHED, null, junk);
        pipe.sendBytes(Topics.ADVISORY_ACCEPTED, null, junk);
        pipe.sendBytes(Topics.ADVISORY_FANOUT, null, junk);
        pipe.sendBytes(Topics.ADVISORY_SCAN, null, junk);
        pipe.sendBytes(Topics.DOWNLOAD_RECORDED, "key".getBytes(UTF_8), junk);
        pipe.sendBytes(Topics.DOWNLOAD_RECORDED, null, null);
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));

        // Then
        List<TestRecord<byte[], byte[]>> quarantined = pipe.quarantined();
        assertEquals(
                List.of(
                        "advisory.published 0 0",
                        "advisory.accepted 0 0",
                        "advisory.fanout 0 0",
                        "advisory.scan 0 0",
                        "download.recorded 0 0",
                        "download.recorded 0 1"),
                quarantined.stream()
                        .map(record -> header(record, QuarantineHeaders.TOPIC) + " "
                                + header(record, QuarantineHeaders.PARTITION) + " "
                                + header(record, QuarantineHeaders.OFFSET))
                        .toList());
        assertEquals(
                "not in Avro single-object encoding (it starts with C3 01)",
                header(quarantined.getFirst(), QuarantineHeaders.REASON));
        assertEquals("no avro", new String(quarantined.getFirst().value(), UTF_8));
        assertEquals("key", new String(quarantined.get(4).key(), UTF_8));
        assertEquals(List.of("e1"), eventIds(only(pipe.matches())));
    }

    @Test
    void quarantinesARefusedAdvisoryUnderThePlaceItCameFrom() {
        // When
        pipe.publish(osv("GHSA-1").of("crates.io", "serde"));

        // Then
        TestRecord<byte[], byte[]> record = only(pipe.quarantined());
        assertEquals("names no package of a known ecosystem", header(record, QuarantineHeaders.REASON));
        assertEquals("advisory.published", header(record, QuarantineHeaders.TOPIC));
        assertEquals(List.of(), pipe.accepted());
    }

    @Test
    void aRefusedAdvisoryIsQuarantinedAsItCame() {
        // Given
        byte[] value = MessageCodec.of(AdvisoryPublished.class)
                .encode(Samples.published(osv("GHSA-1").of("crates.io", "serde")));
        Headers headers = new RecordHeaders()
                .add("tocsin-origin", "theirs".getBytes(UTF_8))
                .add("x-shard", "7".getBytes(UTF_8))
                .add(MessageHeaders.TRACEPARENT, "00-1-2-01".getBytes(UTF_8));

        // When
        pipe.send(Topics.ADVISORY_PUBLISHED, "their-key".getBytes(UTF_8), value, headers);
        pipe.send(Topics.ADVISORY_PUBLISHED, null, value, new RecordHeaders());

        // Then
        List<TestRecord<byte[], byte[]>> records = pipe.quarantined();
        assertEquals("their-key", new String(records.getFirst().key(), UTF_8));
        assertArrayEquals(value, records.getFirst().value());
        assertEquals(
                List.of("tocsin-origin", "x-shard", MessageHeaders.TRACEPARENT),
                Stream.of(records.getFirst().headers().toArray())
                        .map(Header::key)
                        .filter(name -> !name.startsWith("quarantine-"))
                        .toList());
        assertEquals("theirs", header(records.getFirst(), "tocsin-origin"));
        assertNull(records.getLast().key());
        assertEquals(
                2.0,
                pipe.registry
                        .counter("tocsin.quarantined.records", "topic", "advisory.published")
                        .count());
    }

    @Test
    void quarantinesAnAdvisoryWhoseKeyAndHeadersMakeItTooLargeToTravelOn() {
        // When
        pipe.send(
                Topics.ADVISORY_PUBLISHED,
                new byte[400_000],
                MessageCodec.of(AdvisoryPublished.class).encode(Samples.published(osv("GHSA-1"))),
                new RecordHeaders().add("x-large", new byte[400_000]));

        // Then
        assertEquals("record has more than 786432 bytes", header(only(pipe.quarantined()), QuarantineHeaders.REASON));
        assertEquals(List.of(), pipe.accepted());
    }

    @Test
    void quarantinesADownloadWithAnImpossibleVersion() {
        // When
        pipe.download(download("e1").setVersion("3.3.6\u0000"));

        // Then
        assertEquals(
                "version is blank, has control characters or is longer than 256",
                header(only(pipe.quarantined()), QuarantineHeaders.REASON));
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
