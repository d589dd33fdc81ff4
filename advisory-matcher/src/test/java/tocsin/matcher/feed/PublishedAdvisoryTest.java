package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.feed.OsvRecords.entry;
import static tocsin.matcher.feed.OsvRecords.json;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.AdvisoryPublished;

class PublishedAdvisoryTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            modified,                 received,             record's time,        reason
            2026-04-18T10:05:00Z,     -,                    2026-04-17T10:05:00Z, -
            2026-04-18T10:05:00.001Z, -,                    2026-04-17T10:05:00Z, modified is more than a day after the receipt
            9999-12-31T23:59:59Z,     -,                    2026-04-17T10:05:00Z, modified is more than a day after the receipt
            # A later receipt than the record's own time is none, and an earlier one may be another revision's.
            2099-01-01T00:00:00Z,     2099-01-01T00:00:00Z, 2026-04-17T10:05:00Z, modified is more than a day after the receipt
            2026-04-18T10:05:00Z,     2020-01-01T00:00:00Z, 2026-04-17T10:05:00Z, -
            # A record without a time of its own.
            2020-01-02T00:00:00Z,     2020-01-01T00:00:00Z, 1970-01-01T00:00:00Z, -
            2020-01-02T00:00:00.001Z, 2020-01-01T00:00:00Z, 1970-01-01T00:00:00Z, modified is more than a day after the receipt
            """, useHeadersInDisplayName = true)
    void aRevisionFromTheFutureIsNotRead(String modified, Instant received, Instant recordTime, String reason) {
        // When
        PublishedAdvisory.Reading reading =
                PublishedAdvisory.read(new AdvisoryPublished("osv", json(modified), received), recordTime);

        // Then
        assertEquals(
                Optional.ofNullable(reason),
                switch (reading) {
                    case PublishedAdvisory.Reading.Read _ -> Optional.empty();
                    case PublishedAdvisory.Reading.Unreadable(String why) -> Optional.of(why);
                });
    }

    @ParameterizedTest
    @CsvSource({"osv, true", "ghsa-malware, true", "'', false", "OSV, false", "a b, false"})
    void aFeedHasAPlainName(String feed, boolean read) {
        PublishedAdvisory.Reading reading = PublishedAdvisory.read(
                new AdvisoryPublished(feed, json("2026-04-18T10:00:00Z", entry("a", "")), null),
                Instant.parse("2026-04-17T10:05:00Z"));

        assertEquals(read, reading instanceof PublishedAdvisory.Reading.Read);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            received,                 record's time,        counts
            -,                        2026-04-17T10:05:00Z, 2026-04-17T10:05:00Z
            2026-04-01T00:00:00Z,     2026-04-17T10:05:00Z, 2026-04-01T00:00:00Z
            2000-01-01T00:00:00Z,     2026-04-17T10:05:00Z, 2000-01-01T00:00:00Z
            1999-12-31T23:59:59.999Z, 2026-04-17T10:05:00Z, -
            1970-01-21T13:21:00Z,     2026-04-17T10:05:00Z, -
            2026-04-17T10:05:01Z,     2026-04-17T10:05:00Z, 2026-04-17T10:05:00Z
            9999-01-01T00:00:00Z,     2026-04-17T10:05:00Z, 2026-04-17T10:05:00Z
            2026-04-01T00:00:00Z,     1970-01-01T00:00:00Z, 2026-04-01T00:00:00Z
            -,                        1970-01-01T00:00:00Z, -
            """, useHeadersInDisplayName = true)
    void theTimeOfReceiptIsOneThatCanBe(Instant received, Instant recordTime, Instant counts) {
        // When
        PublishedAdvisory.Reading reading = PublishedAdvisory.read(
                new AdvisoryPublished("osv", json("1999-04-18T10:00:00Z", entry("a", "")), received), recordTime);

        // Then
        assertEquals(
                Optional.ofNullable(counts),
                switch (reading) {
                    case PublishedAdvisory.Reading.Read(PublishedAdvisory advisory) ->
                        Optional.of(advisory.receivedAt());
                    case PublishedAdvisory.Reading.Unreadable(String reason) -> {
                        assertTrue(reason.contains("before the year 2000"), reason);
                        yield Optional.empty();
                    }
                });
    }
}
