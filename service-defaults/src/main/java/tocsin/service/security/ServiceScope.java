package tocsin.service.security;

import java.util.Locale;
import java.util.Optional;

/** What a machine is let do, whatever the organisation. */
public enum ServiceScope {
    /** Tells what was downloaded. */
    PROXY,
    /** Tells what is bad. */
    FEED,
    /** Tells what happened elsewhere on the platform. */
    PLATFORM,
    /** Runs Tocsin. */
    ADMIN;

    /** As tokens have it, in lower case. */
    public String claim() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ServiceScope> ofClaim(String claim) {
        return switch (claim) {
            case "proxy" -> Optional.of(PROXY);
            case "feed" -> Optional.of(FEED);
            case "platform" -> Optional.of(PLATFORM);
            case "admin" -> Optional.of(ADMIN);
            default -> Optional.empty();
        };
    }
}
