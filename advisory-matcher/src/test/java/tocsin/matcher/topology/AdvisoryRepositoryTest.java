package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.match.EvaluatedAdvisory;
import tocsin.matcher.match.Matching;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

class AdvisoryRepositoryTest {

    private static final MessageCodec<AdvisoryAccepted> CODEC = MessageCodec.of(AdvisoryAccepted.class);

    /** A cache that counts less than it takes has no bound. */
    @ParameterizedTest
    @CsvSource({"npm, 1000, 0", "pypi, 1000, 0", "npm, 0, 200", "npm, 1, 0", "npm, 0, 1"})
    void whatIsKeptEvaluatedIsCountedForAboutWhatItTakes(String ecosystem, int versions, int ranges) {
        // Given
        byte[] encoded = CODEC.encode(advisory(ecosystem, versions, ranges));
        Matching matching = new Matching(Duration.ofDays(7));
        int copies = 50 + 40_000 / (1 + versions + 2 * ranges);
        List<EvaluatedAdvisory> kept = new ArrayList<>();
        long before = used();

        // When
        long counted = 0;
        for (int i = 0; i < copies; i++) {
            AdvisoryAccepted advisory = CODEC.decode(encoded);
            counted += AdvisoryRepository.roughBytes(advisory, encoded.length);
            kept.add(matching.evaluate(advisory));
            kept.getLast().countsUntil("99.9.9");
        }

        // Then
        long taken = used() - before;
        String figures = kept.size() + " take " + taken + " and count " + counted;
        assertTrue(taken < counted * 3 / 2 && counted < taken * 5, figures);
    }

    private static AdvisoryAccepted advisory(String ecosystem, int versions, int ranges) {
        return AdvisoryAccepted.newBuilder()
                .setFeed("osv")
                .setAdvisoryId("GHSA-1")
                .setEcosystem(ecosystem)
                .setPackageName("event-stream")
                .setRevision(Instant.EPOCH)
                .setPublishedAt(Instant.EPOCH)
                .setFirstReceivedAt(Instant.EPOCH)
                .setWithdrawnAt(null)
                .setNarrowed(false)
                .setAliases(List.of())
                .setKind(AdvisoryKind.VULNERABILITY)
                .setSeverity(Severity.HIGH)
                .setSummary("Prototype pollution in event-stream")
                .setAdvisoryUrl(null)
                .setAllVersions(false)
                .setVersions(IntStream.range(0, versions)
                        .mapToObj(i -> i / 100 + "." + i / 10 % 10 + "." + i % 10)
                        .toList())
                .setRanges(IntStream.range(0, ranges)
                        .mapToObj(i -> new VersionRange(List.of(
                                new VersionEvent(VersionEventKind.INTRODUCED, i + ".0.0"),
                                new VersionEvent(VersionEventKind.FIXED, i + ".1.0"))))
                        .toList())
                .build();
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
