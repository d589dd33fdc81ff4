package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.eventIds;
import static tocsin.matcher.topology.Samples.only;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;

/** Of many downloads the newest thousand, and enough to know what is left out; and what a match carries beside. */
class WhatAMatchHoldsTest {

    private static final Instant OLD = Instant.parse("2026-04-01T00:00:00Z");

    @AutoClose
    private final MatchPipe pipe = new MatchPipe();

    /** A build farm that fetches in sixteen parts has no fewer downloads than one that fetches at once. */
    @Test
    void tellsOfEveryDownloadHoweverManyPartsItCameIn() {
        // Given
        IntStream.range(0, 200)
                .forEach(i -> IntStream.range(0, 16)
                        .forEach(part -> pipe.download(download("e" + i)
                                .setFetchedAt(OLD.plusSeconds(60L * i).plusSeconds(part)))));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(
                IntStream.rangeClosed(1, 200).mapToObj(i -> "e" + (200 - i)).toList(), eventIds(match));
        assertEquals(Optional.empty(), match.getNextOlderAt());
    }

    @Test
    void tellsOfTheNewestThousandOf1001AndWhenTheNextOlderWas() {
        // Given
        IntStream.rangeClosed(0, 1000)
                .forEach(i -> pipe.download(download("e" + i)
                        .setVersion(i % 2 == 0 ? "3.3.6" : "3.3.7")
                        .setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(osv("GHSA-1").affecting("\"versions\": [\"3.3.6\", \"3.3.7\"]"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(
                IntStream.rangeClosed(1, 1000).mapToObj(i -> "e" + (1001 - i)).toList(), eventIds(match));
        assertEquals(Optional.of(OLD), match.getNextOlderAt());
        assertEquals(List.of("3.3.6", "3.3.7"), match.getFetchedVersions());
    }

    @Test
    void namesAVersionOfWhichAllDownloadsAreLeftOut() {
        // Given
        pipe.download(download("oldest").setVersion("3.3.5").setFetchedAt(OLD.minusSeconds(1)));
        IntStream.range(0, 1000).forEach(i -> pipe.download(download("e" + i).setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(osv("GHSA-1").affecting("\"versions\": [\"3.3.5\", \"3.3.6\"]"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(1000, match.getDownloads().size());
        assertEquals(List.of("3.3.5", "3.3.6"), match.getFetchedVersions());
        assertEquals(Optional.of(OLD.minusSeconds(1)), match.getNextOlderAt());
    }

    @Test
    void keepsTheNewestThousandOfVeryMany() {
        // Given
        IntStream.range(0, 2500).forEach(i -> pipe.download(download("e" + i).setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals("e2499", eventIds(match).getFirst());
        assertEquals("e1500", eventIds(match).getLast());
        assertEquals(Optional.of(OLD.plusSeconds(1499)), match.getNextOlderAt());
    }

    @Test
    void findsTheAudienceOfVeryManyDownloadsForAnAdvisoryThatCountsOnlyEarlyOnes() {
        // Given
        IntStream.range(0, 2500).forEach(i -> pipe.download(download("e" + i).setFetchedAt(OLD.plusSeconds(i))));

        // When
        pipe.publish(Samples.published(osv("GHSA-1").json(), OLD.plusSeconds(5)));

        // Then
        assertEquals(List.of("e0"), eventIds(only(pipe.matches())));
    }

    /** 6000 versions as long as any may be, all of them fetched and listed words at their caps. */
    @Test
    void aMatchFitsItsTopicHoweverManyAndLongTheVersionsAre() {
        // Given
        IntStream.range(0, 6000)
                .forEach(i -> pipe.download(download("e".repeat(250) + i)
                        .setVersion("%0256d".formatted(i))
                        .setFetchedAt(OLD.plusSeconds(i))));
        String listed = IntStream.range(0, 510)
                .mapToObj(i -> "\"" + "\u5b57".repeat(250) + i + "\"")
                .collect(Collectors.joining(","));

        // When
        pipe.publish(osv("GHSA-1")
                .affecting("\"versions\": [" + listed
                        + "], \"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]"));

        // Then
        TestRecord<byte[], byte[]> record = only(pipe.records(Topics.ADVISORY_MATCHED));
        AdvisoryMatched match = MessageCodec.of(AdvisoryMatched.class).decode(record.value());
        assertTrue(record.value().length < 1024 * 1024, () -> record.value().length + " bytes");
        assertEquals("%0256d".formatted(5999), match.getFetchedVersions().getLast());
        assertTrue(
                match.getFetchedVersions().size() > 500,
                () -> match.getFetchedVersions().size() + " versions");
        assertTrue(match.getDownloads().size() > 500, () -> match.getDownloads().size() + " downloads");
        assertTrue(match.getNextOlderAt().isPresent());
    }

    @Test
    void keepsWhatALiveAdvisoryNeedsHoweverManyNewerDownloadsCome() {
        // Given
        pipe.publish(osv("GHSA-1"));
        pipe.download(download("affected"));
        IntStream.range(0, 2500)
                .forEach(i -> pipe.download(download("newer" + i)
                        .setFetchedAt(MatchPipe.NOW.plusSeconds(i))
                        .setReceivedAt(MatchPipe.NOW.plusSeconds(i))));
        pipe.matches();

        // When
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        assertEquals(List.of("affected"), eventIds(only(pipe.matches())));
    }

    @Test
    void aMatchCarriesItsIdItsAudienceAsKeyAndTheTraceOfItsCause() {
        // Given
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.download(download("e1"), new RecordHeaders().add(MessageHeaders.TRACEPARENT, "00-1-2-01".getBytes(UTF_8)));

        // Then
        TestRecord<byte[], byte[]> record = only(pipe.records(Topics.ADVISORY_MATCHED));
        assertEquals(Samples.ORG, new String(record.key(), UTF_8));
        assertEquals("00-1-2-01", header(record, MessageHeaders.TRACEPARENT));
        assertEquals(36, header(record, MessageHeaders.MESSAGE_ID).length());
    }

    @Test
    void whatIsSentIsStampedNowSoThatRetentionKeepsIt() {
        // Given
        pipe.download(download("e1"));

        // When
        pipe.publish(osv("GHSA-1"));

        // Then
        assertEquals(MatchPipe.NOW, only(pipe.records(Topics.ADVISORY_MATCHED)).getRecordTime());
        assertEquals(MatchPipe.NOW, only(pipe.records(Topics.ADVISORY_FANOUT)).getRecordTime());
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
