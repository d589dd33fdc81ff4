package tocsin.testsupport;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A bearer token in the making; {@link #sign()} ends it well, the other endings make one that nobody may accept. */
public final class Token {

    private static final Duration SOON = Duration.ofHours(1);

    private final ECKey key;
    private final String subject;
    private final Instant now;
    private final Map<String, String> orgs = new LinkedHashMap<>();
    private final Set<String> scopes = new LinkedHashSet<>();
    private final Map<String, Object> claims = new LinkedHashMap<>();
    private String issuer;
    private String audience;
    private Duration expiresIn = SOON;

    Token(ECKey key, String issuer, String audience, String subject, Instant now) {
        this.key = key;
        this.issuer = issuer;
        this.audience = audience;
        this.subject = subject;
        this.now = now;
    }

    /** @param role {@code owner}, {@code manager} or {@code member}; any other is written too, for tests of refusal */
    public Token org(String orgId, String role) {
        orgs.put(orgId, role);
        return this;
    }

    /** One more of {@code proxy}, {@code feed}, {@code platform}, {@code admin}. */
    public Token scope(String scope) {
        scopes.add(scope);
        return this;
    }

    /** One hour unless said otherwise; negative for one that is over. */
    public Token expiresIn(Duration duration) {
        expiresIn = duration;
        return this;
    }

    public Token audience(String other) {
        audience = other;
        return this;
    }

    public Token issuer(String other) {
        issuer = other;
        return this;
    }

    /** Any other claim, or one of ours in a shape that it should not have. */
    public Token claim(String name, Object value) {
        claims.put(name, value);
        return this;
    }

    /** With the issuer's key. */
    public String sign() {
        return signed(JWSAlgorithm.ES256, signer(key));
    }

    /** With a key of the same kind, under the id of the issuer's. */
    public String signWithAnotherKey() {
        return signed(JWSAlgorithm.ES256, signer(TokenIssuer.newKey()));
    }

    /** HS256 with the public key as the secret: passes where the algorithm is taken from the token. */
    public String signWithPublicKeyAsSecret() {
        try {
            String pem = "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(key.toECPublicKey().getEncoded())
                    + "\n-----END PUBLIC KEY-----\n";
            return signed(JWSAlgorithm.HS256, new MACSigner(pem.getBytes(StandardCharsets.UTF_8)));
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot misuse the public key", e);
        }
    }

    /** Algorithm {@code none}. */
    public String unsigned() {
        return new PlainJWT(claims()).serialize();
    }

    /** This token spoilt in every way that is known here, by the name of the way: rows for a test that expects 401 for each. */
    public Map<String, String> spoilt() {
        Map<String, String> tokens = new LinkedHashMap<>();
        tokens.put("other key", signWithAnotherKey());
        tokens.put("public key as secret", signWithPublicKeyAsSecret());
        tokens.put("algorithm none", unsigned());
        tokens.put("expired", copy().expiresIn(Duration.ofHours(-1)).sign());
        tokens.put("other audience", copy().audience("somebody-else").sign());
        tokens.put("other issuer", copy().issuer("https://issuer.example.com").sign());
        tokens.put("no signature", sign().replaceFirst("[^.]+$", ""));
        tokens.put("not a token", "not-a-token");
        return tokens;
    }

    private Token copy() {
        Token copy = new Token(key, issuer, audience, subject, now);
        copy.orgs.putAll(orgs);
        copy.scopes.addAll(scopes);
        copy.claims.putAll(claims);
        copy.expiresIn = expiresIn;
        return copy;
    }

    private static JWSSigner signer(ECKey key) {
        try {
            return new ECDSASigner(key);
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign with the key for tokens", e);
        }
    }

    private String signed(JWSAlgorithm algorithm, JWSSigner signer) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims());
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign a token", e);
        }
    }

    private JWTClaimsSet claims() {
        // Issued an hour before it ends, also when that lies in the past: an expired token was good once.
        Instant expiresAt = now.plus(expiresIn);
        Instant issuedAt = expiresAt.isBefore(now) ? expiresAt.minus(SOON) : now;
        JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder()
                .jwtID(UUID.randomUUID().toString())
                .issuer(issuer)
                .audience(audience)
                .subject(subject)
                .issueTime(Date.from(issuedAt))
                .expirationTime(Date.from(expiresAt));
        if (!orgs.isEmpty()) {
            builder.claim("orgs", Map.copyOf(orgs));
        }
        if (!scopes.isEmpty()) {
            builder.claim("scope", String.join(" ", scopes));
        }
        claims.forEach(builder::claim);
        return builder.build();
    }

    @Override
    public String toString() {
        return "Token[" + subject + "]";
    }
}
