package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;

/** What the store keeps of an advisory between two revisions, and what intake decides by it. */
final class IntakeMemory {

    private final Map<PackageKey, AdvisoryAccepted> last = new HashMap<>();
    private Optional<Remembered> remembered;
    private Holding holding = Holding.ofNothing();

    /** Of an advisory that is new. */
    IntakeMemory() {
        remembered = Optional.empty();
    }

    /** Of one whose accepted statements are lost. */
    IntakeMemory(Remembered remembered) {
        this.remembered = Optional.of(remembered);
    }

    void holdBy(Holding other) {
        holding = other;
    }

    Remembered remembered() {
        return remembered.orElseThrow();
    }

    Optional<AdvisoryAccepted> last(PackageKey packageKey) {
        return Optional.ofNullable(last.get(packageKey));
    }

    /** Remembers nothing. */
    IntakeOutcome decide(PublishedAdvisory published) {
        return Intake.decide(published, remembered, this::last, holding);
    }

    /** Whatever is decided. */
    void take(PublishedAdvisory published) {
        if (decide(published) instanceof IntakeOutcome.Accepted accepted) {
            remember(accepted);
        }
    }

    IntakeOutcome.Accepted accepted(PublishedAdvisory published) {
        IntakeOutcome.Accepted accepted = assertInstanceOf(IntakeOutcome.Accepted.class, decide(published));
        remember(accepted);
        return accepted;
    }

    List<AdvisoryAccepted> acceptAll(PublishedAdvisory published) {
        return accepted(published).advisories();
    }

    AdvisoryAccepted accept(PublishedAdvisory published) {
        return acceptAll(published).getFirst();
    }

    private void remember(IntakeOutcome.Accepted accepted) {
        remembered = Optional.of(accepted.remember());
        accepted.advisories().forEach(each -> last.put(OsvRecords.npm(each.getPackageName()), each));
    }
}
