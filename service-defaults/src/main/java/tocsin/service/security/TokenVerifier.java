package tocsin.service.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.MalformedURLException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import tocsin.service.MissingConfiguration;

/**
 * Whether a bearer token is good, and whose it is: signed by a key of the issuer with an algorithm that needs a private key, for us, not expired.
 * Keys are fetched when first needed and kept for minutes, through an outage of the issuer for hours. Safe for use by many threads; blocks while
 * it fetches keys.
 */
final class TokenVerifier {

    /** Public-key algorithms only: with HS256 the public key would be the secret. The token's own word on it is not asked. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private static final int MAX_JWKS_BYTES = 256 * 1024;
    private static final int MILLIS_TO_FETCH = 2_000;
    private static final int MAX_CLOCK_SKEW_SECONDS = 30;

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    private volatile boolean hadKeys;

    TokenVerifier(SecurityConfig config, Clock clock) {
        try {
            var keys = JWKSourceBuilder.create(
                            config.jwksUrl().toURL(),
                            new DefaultResourceRetriever(MILLIS_TO_FETCH, MILLIS_TO_FETCH, MAX_JWKS_BYTES))
                    .retrying(true)
                    .outageTolerant(Duration.ofHours(4).toMillis())
                    .build();
            processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
        } catch (MalformedURLException | IllegalArgumentException e) {
            throw new MissingConfiguration("tocsin.security.jwks-url is no http or https URL");
        }
        // RFC 9068 names access tokens "at+jwt"; older issuers say JWT or nothing.
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWTClaimsSetVerifier(claimsVerifier(config, clock));
    }

    private static DefaultJWTClaimsVerifier<SecurityContext> claimsVerifier(SecurityConfig config, Clock clock) {
        var verifier =
                new DefaultJWTClaimsVerifier<SecurityContext>(
                        config.audience(),
                        new JWTClaimsSet.Builder().issuer(config.issuer()).build(),
                        Set.of("sub", "exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        verifier.setMaxClockSkew(MAX_CLOCK_SKEW_SECONDS);
        return verifier;
    }

    /**
     * @return empty if the token is not good
     * @throws KeysUnavailableException if nobody can say, since the issuer's keys cannot be had
     */
    Optional<Caller> verify(String token) {
        try {
            JWTClaimsSet claims = processor.process(token, null);
            hadKeys = true;
            return CallerClaims.read(claims);
        } catch (RateLimitReachedException e) {
            // Fetched enough for now: with keys at hand the token names one that is not among them.
            if (hadKeys) {
                return Optional.empty();
            }
            throw new KeysUnavailableException(e);
        } catch (KeySourceException e) {
            throw new KeysUnavailableException(e);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            return Optional.empty();
        }
    }

    /** The keys of the issuer are out of reach and none are remembered. */
    static final class KeysUnavailableException extends RuntimeException {
        KeysUnavailableException(Throwable cause) {
            super("the token issuer's keys cannot be fetched", cause);
        }
    }
}
