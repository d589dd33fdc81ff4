package tocsin.matcher.match;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.EarlierRevision;

/** Revisions are written as {@code day:versions}, received and announced that day of April, the last one standing. */
class EvaluatedAdvisoryTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // revisions, retracted, version, counts until the day, added
                "10:1,           no,  1, 10, false",
                "10:1,           no,  2, -,  false",
                "10:1 12:1+2,    no,  1, 10, false",
                "10:1 12:1+2,    no,  2, 12, true",
                "10:1+2 12:1,    no,  2, -,  false",
                "10:1 12:2 14:1, no,  1, 14, true",
                "10:1 12: 14:1,  no,  1, 14, true",
                "10:1 12:1+2 14:1+2+3, no, 1, 10, false",
                "10:1 12:1+2 14:1+2+3, no, 2, 12, false",
                // a receipt that was told later than a newer one
                "12:1 10:1+2,    no,  1, 10, false",
                // withdrawn or narrowed: all that may have been told
                "10:1 12:,       yes, 1, 10, false",
                "10:1 12:1+2 14:, yes, 1, 12, false",
                "10:1 12:1+2 14:, yes, 2, 12, false",
                "10:1 12:1+2 14:, yes, 3, -,  false",
                "10:1,           yes, 1, 10, false",
            })
    void aVersionCountsUntilItWasNamed(String revisions, String retracted, String version, String day, boolean added) {
        // Given
        List<EarlierRevision> all = Stream.of(revisions.split(" "))
                .map(EvaluatedAdvisoryTest::revision)
                .toList();
        AdvisoryAccepted advisory = Advisories.advisory()
                .setWithdrawnAt(retracted.equals("yes") ? Advisories.PUBLISHED : null)
                .setVersions(all.getLast().getVersions())
                .setReceivedAt(all.getLast().getReceivedAt())
                .setAnnouncedAt(all.getLast().getAnnouncedAt())
                .setEarlier(all.subList(0, all.size() - 1))
                .build();

        // When
        EvaluatedAdvisory evaluated = new Matching(Duration.ofDays(7)).evaluate(advisory);

        // Then
        assertEquals(Optional.ofNullable(day).map(EvaluatedAdvisoryTest::day), evaluated.countsUntil(version + ".0.0"));
        assertEquals(added, evaluated.isAdded(version + ".0.0"));
    }

    @ParameterizedTest
    @CsvSource({
        // grace, announced, received, counts until the day
        "P7D, 10, 12, 12",
        "P7D, 10, 25, 17",
        "PT0S, 10, 12, 10",
    })
    void whatARevisionAddsHasTheGraceOfThatRevision(Duration grace, String announced, String received, String until) {
        AdvisoryAccepted advisory = Advisories.advisory()
                .setVersions(List.of("2.0.0"))
                .setReceivedAt(day(received))
                .setAnnouncedAt(day(announced))
                .setEarlier(List.of(revision("01:1")))
                .build();

        assertEquals(
                Optional.of(day(until)), new Matching(grace).evaluate(advisory).countsUntil("2.0.0"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // stands, retracted, held, version, counts until the day, kept until the day
                "10:1, no,  12:1+2, 1, 10, 12",
                "10:1, no,  12:1+2, 2, -,  12",
                "10:1, no,  12:2,   1, 10, 10",
                "10:1, no,  -,      2, -,  -",
                "10:,  no,  12:1,   1, -,  12",
                "10:1, yes, 12:2,   2, -,  12",
                "10:1, yes, 12:2,   1, 10, -",
            })
    void whatIsHeldRingsForNobodyAndKeepsWhatItMayCount(
            String stands, String retracted, String held, String version, String counts, String kept) {
        // Given
        EarlierRevision standing = revision(stands);
        AdvisoryAccepted advisory = Advisories.advisory()
                .setWithdrawnAt(retracted.equals("yes") ? Advisories.PUBLISHED : null)
                .setVersions(standing.getVersions())
                .setReceivedAt(standing.getReceivedAt())
                .setAnnouncedAt(standing.getAnnouncedAt())
                .setHeld(held == null ? null : revision(held))
                .build();

        // When
        EvaluatedAdvisory evaluated = new Matching(Duration.ofDays(7)).evaluate(advisory);

        // Then
        assertEquals(
                Optional.ofNullable(counts).map(EvaluatedAdvisoryTest::day), evaluated.countsUntil(version + ".0.0"));
        assertEquals(Optional.ofNullable(kept).map(EvaluatedAdvisoryTest::day), evaluated.keepsUntil(version + ".0.0"));
        assertEquals(Optional.empty(), evaluated.advisory().getHeld());
    }

    private static EarlierRevision revision(String text) {
        String[] parts = text.split(":", 2);
        return new EarlierRevision(
                day(parts[0]),
                day(parts[0]),
                false,
                Stream.of(parts[1].split("\\+"))
                        .filter(major -> !major.isEmpty())
                        .map(major -> major + ".0.0")
                        .toList(),
                List.of());
    }

    private static Instant day(String day) {
        return Instant.parse("2026-04-" + day + "T00:00:00Z");
    }
}
