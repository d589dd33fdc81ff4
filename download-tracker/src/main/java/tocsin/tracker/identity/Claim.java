package tocsin.tracker.identity;

import java.util.Optional;
import tocsin.schemas.Audience;

/** What a proxy says of who made a request. All of it may be missing. */
public record Claim(
        Optional<Audience.Organisation> organisation, Optional<Principal> principal, Optional<Audience.Token> token) {

    /** Says nothing. */
    public static final Claim NONE = new Claim(Optional.empty(), Optional.empty(), Optional.empty());
}
