package tocsin.tracker.identity;

import java.util.Optional;
import tocsin.schemas.Audience;

/** What is known of tokens now. */
@FunctionalInterface
public interface KnownTokens {

    /** @return empty if it was never registered, or revoked. */
    Optional<TokenRegistration> find(Audience.Token token);
}
