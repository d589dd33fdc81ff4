package tocsin.tracker.identity;

import java.util.Optional;
import tocsin.schemas.Audience;

/** Whom tokens stand for now. */
@FunctionalInterface
public interface KnownTokens {

    /** @return empty if it was never registered, or revoked. */
    Optional<TokenRegistration> find(Audience.Token token);
}
