package tocsin.matcher.feed;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryHeld;

/** What intake decides about one published advisory. */
public sealed interface IntakeOutcome {

    /**
     * @param advisories one for each package that the record names or once named; those it does no longer name are narrowed. Where what it
     *     says is held, what stands meanwhile
     * @param holds what is to be kept of what is or was held
     * @param remember replaces what was remembered
     * @param flaw what of the record could not be evaluated, so that a person looks at it; the rest is accepted all the same
     */
    record Accepted(
            List<AdvisoryAccepted> advisories, List<AdvisoryHeld> holds, Remembered remember, Optional<String> flaw)
            implements IntakeOutcome {

        public Accepted {
            advisories = List.copyOf(advisories);
            holds = List.copyOf(holds);
        }
    }

    /** @param known the revision that stands */
    record OlderRevision(Instant known) implements IntakeOutcome {}

    /** @param reason for people */
    record Refused(String reason) implements IntakeOutcome {}
}
