package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenIssuerTest {

    private final TokenIssuer issuer = TokenIssuer.start();

    @AfterEach
    void close() {
        issuer.close();
    }

    @Test
    void mintsATokenThatItsPublishedKeyVerifies() throws Exception {
        // When
        String token = issuer.token("user_1")
                .org("org_1", "owner")
                .org("org_2", "member")
                .scope("proxy")
                .scope("feed")
                .expiresIn(Duration.ofMinutes(5))
                .sign();

        // Then
        JWTClaimsSet claims = verify(issuer, token);
        assertEquals("user_1", claims.getSubject());
        assertEquals(Map.of("org_1", "owner", "org_2", "member"), claims.getJSONObjectClaim("orgs"));
        assertEquals("proxy feed", claims.getStringClaim("scope"));
        assertEquals(
                Duration.ofMinutes(5),
                Duration.between(
                        claims.getIssueTime().toInstant(),
                        claims.getExpirationTime().toInstant()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "other key",
                "public key as secret",
                "algorithm none",
                "expired",
                "other audience",
                "other issuer",
                "no signature",
                "not a token"
            })
    void spoilsATokenInEachWay(String way) throws Exception {
        // Given
        Token token = issuer.token("user_1").org("org_1", "owner");
        verify(issuer, token.sign());

        // When
        String spoilt = token.spoilt().getOrDefault(way, token.sign());

        // Then
        assertThrows(Exception.class, () -> verify(issuer, spoilt));
    }

    @Test
    void publishesNoPrivateKey() throws Exception {
        // When
        JWKSet published = JWKSet.load(URI.create(issuer.jwksUrl()).toURL());

        // Then
        assertFalse(published.getKeys().getFirst().isPrivate());
    }

    @Test
    void honoursTokensFromBeforeARestart(@TempDir Path directory) throws Exception {
        // Given
        int port = FreePorts.one();
        String token;
        try (TokenIssuer before = TokenIssuer.start(directory, port)) {
            token = before.token("user_1").sign();
        }

        // When
        try (TokenIssuer after = TokenIssuer.start(directory, port)) {

            // Then
            assertEquals("user_1", verify(after, token).getSubject());
        }
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("token-issuer.jwk"))));
    }

    /** As a careful service would: the key from the URL, one algorithm, issuer, audience and times. */
    private static JWTClaimsSet verify(TokenIssuer issuer, String token) throws Exception {
        DefaultJWTProcessor<com.nimbusds.jose.proc.SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(
                JWSAlgorithm.ES256,
                new ImmutableJWKSet<>(JWKSet.load(URI.create(issuer.jwksUrl()).toURL()))));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                issuer.audience(),
                new JWTClaimsSet.Builder().issuer(issuer.issuer()).build(),
                Set.of("sub", "exp")));
        return processor.process(token, null);
    }
}
