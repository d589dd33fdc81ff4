package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.match.Advisories;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.EarlierRevision;
import tocsin.schemas.avro.Severity;

class NamingTest {

    private static final Instant RECEIVED = Advisories.PUBLISHED.plusSeconds(3600);
    private static final Instant REVISION = Advisories.PUBLISHED.plusSeconds(3000);

    @ParameterizedTest
    @CsvSource({
        // before, now, earlier ones
        "1.0.0,       1.0.0,       0",
        "1.0.0 1.0.1, 1.0.1 1.0.0, 0",
        "1.0.0,       1.0.1,       1",
        "1.0.0,       1.0.0 1.0.1, 1",
        "1.0.0 1.0.1, 1.0.0,       1",
    })
    void onlyAChangeOfWhatIsAffectedIsKept(String before, String now, int earlier) {
        // Given
        AdvisoryAccepted last =
                Advisories.advisory().setVersions(List.of(before.split(" "))).build();

        // When
        Naming naming = naming(List.of(now.split(" ")), true, last);

        // Then
        assertEquals(earlier, naming.earlier().size());
        assertEquals(
                earlier == 0 ? last.getFirstReceivedAt() : RECEIVED,
                naming.standing().getReceivedAt());
        assertEquals(
                earlier == 0 ? last.getPublishedAt() : REVISION,
                naming.standing().getAnnouncedAt());
    }

    @Test
    void theOldestOfVeryManyArePutTogether() {
        // Given
        AdvisoryAccepted last =
                Advisories.advisory().setVersions(List.of("0.0.0")).build();

        // When
        for (int i = 1; i <= 100; i++) {
            Naming naming = naming(List.of("0.0." + i), true, last);
            last = with(naming);
        }

        // Then
        assertEquals(Naming.MAX_EARLIER, last.getEarlier().orElse(List.of()).size());
        assertEquals(
                IntStream.range(0, 100).mapToObj(i -> "0.0." + i).toList(),
                last.getEarlier().orElse(List.of()).stream()
                        .flatMap(e -> e.getVersions().stream())
                        .toList());
        assertEquals(
                List.of("0.0.99"), last.getEarlier().orElse(List.of()).getLast().getVersions());
    }

    @Test
    void whatIsTooLongTogetherIsForgottenOldestFirst() {
        // Given
        List<String> many =
                IntStream.range(0, 300).mapToObj(i -> "a".repeat(200) + i).toList();
        AdvisoryAccepted last = Advisories.advisory().setVersions(many).build();

        // When
        last = with(naming(List.of("1.0.0"), true, last));
        AdvisoryAccepted kept = with(naming(List.of("2.0.0"), true, last));
        AdvisoryAccepted full = with(naming(many.stream().map(v -> v + "b").toList(), true, kept));
        AdvisoryAccepted forgotten = with(naming(List.of("3.0.0"), true, full));

        // Then
        assertEquals(2, kept.getEarlier().orElse(List.of()).size());
        assertTrue(forgotten.getEarlier().orElse(List.of()).stream()
                .noneMatch(earlier -> earlier.getVersions().contains(many.getFirst())));
    }

    @Test
    void aBackdatedReceiptOfTheSameCounts() {
        // Given
        AdvisoryAccepted last = Advisories.advisory()
                .setVersions(List.of("1.0.0"))
                .setReceivedAt(RECEIVED.plusSeconds(1))
                .build();

        // Then
        assertEquals(RECEIVED, naming(List.of("1.0.0"), true, last).standing().getReceivedAt());
    }

    @Test
    void aWithdrawnRevisionSaysNothingHoweverOftenItComes() {
        // Given
        AdvisoryAccepted last =
                Advisories.advisory().setVersions(List.of("1.0.0")).build();

        // When
        Naming once = naming(List.of("1.0.0"), false, last);
        AdvisoryAccepted withdrawn = builder(once).setWithdrawnAt(REVISION).build();
        Naming twice = naming(List.of("1.0.0"), false, withdrawn);

        // Then
        assertEquals(List.of(), once.standing().getVersions());
        assertEquals(
                List.of(List.of("1.0.0")),
                once.earlier().stream().map(EarlierRevision::getVersions).toList());
        assertEquals(once, twice);
    }

    private static AdvisoryAccepted with(Naming naming) {
        return builder(naming).build();
    }

    private static AdvisoryAccepted.Builder builder(Naming naming) {
        return Advisories.advisory()
                .setVersions(naming.standing().getVersions())
                .setReceivedAt(naming.standing().getReceivedAt())
                .setAnnouncedAt(naming.standing().getAnnouncedAt())
                .setEarlier(naming.earlier());
    }

    private static Naming naming(List<String> versions, boolean live, AdvisoryAccepted last) {
        return Naming.of(
                new AffectedPackage(
                        new PackageKey(Ecosystem.NPM, "event-stream"), Severity.HIGH, false, versions, List.of()),
                live,
                Optional.of(last),
                RECEIVED,
                Advisories.PUBLISHED,
                REVISION);
    }
}
