package tocsin.service.security;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import tocsin.service.MissingConfiguration;

/**
 * Whose tokens are good. A service does not start without all three.
 *
 * @param issuer the {@code iss} of every good token
 * @param audience what its {@code aud} names, maybe among others
 * @param jwksUrl where the issuer's public keys are
 */
@ConfigurationProperties("tocsin.security")
public record SecurityConfig(String issuer, String audience, URI jwksUrl) {

    /** @throws MissingConfiguration without one of them */
    public SecurityConfig(@Nullable String issuer, @Nullable String audience, @Nullable URI jwksUrl) {
        this.issuer = set("tocsin.security.issuer", issuer);
        this.audience = set("tocsin.security.audience", audience);
        if (jwksUrl == null) {
            throw MissingConfiguration.of("tocsin.security.jwks-url");
        }
        if (!"https".equals(jwksUrl.getScheme()) && !"http".equals(jwksUrl.getScheme())) {
            throw new MissingConfiguration("tocsin.security.jwks-url is no http or https URL");
        }
        this.jwksUrl = jwksUrl;
    }

    private static String set(String key, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw MissingConfiguration.of(key);
        }
        return value;
    }
}
