package tocsin.tracker.identity;

import java.util.Optional;
import tocsin.schemas.Audience;

/** Whom tokens stand for now, or stood for last. */
@FunctionalInterface
public interface KnownTokens {

    /** @return empty if it was never registered, or is forgotten. */
    Optional<TokenRegistration> find(Audience.Token token);
}
