package tocsin.service.security;

import java.util.List;

/**
 * Paths that need no bearer token because they carry a signed token of their own, or are public by nature. A service contributes beans of this;
 * health and metrics are open anyway.
 *
 * @param patterns Ant style over the whole path: {@code /v1/confirmations/*}
 */
public record OpenRoutes(List<String> patterns) {

    /** @throws IllegalArgumentException for a pattern that could open more than a branch */
    public OpenRoutes {
        patterns = List.copyOf(patterns);
        for (String pattern : patterns) {
            if (!pattern.matches("/[A-Za-z0-9.][^*?]*(/.*)?")) {
                throw new IllegalArgumentException("an open route begins with a literal segment: " + pattern);
            }
        }
    }

    public static OpenRoutes of(String... patterns) {
        return new OpenRoutes(List.of(patterns));
    }
}
