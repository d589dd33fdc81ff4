package tocsin.tracker.identity;

import java.util.Optional;
import tocsin.schemas.Audience;

/** Whose a download is. */
public sealed interface AttributionOutcome {

    /**
     * @param audience who must be told
     * @param principal who fetched
     */
    record Attributed(Audience audience, Principal principal) implements AttributionOutcome {}

    /** Nobody's: there is nobody to tell. */
    record Anonymous() implements AttributionOutcome {}

    /**
     * The token is not registered (yet), or was taken back before the download.
     *
     * @param known what is known of it
     */
    record UnknownToken(Audience.Token token, Optional<TokenRegistration> known) implements AttributionOutcome {}

    /** Fetched before the token was its present holder's: whose it was then, nobody knows any more. */
    record FormerHolders() implements AttributionOutcome {}

    /**
     * The claim makes no sense: a person has to look.
     *
     * @param reason for people; does not repeat the claim
     */
    record Contradictory(String reason) implements AttributionOutcome {}
}
