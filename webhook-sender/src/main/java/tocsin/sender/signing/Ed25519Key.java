package tocsin.sender.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/**
 * A key pair that signs in the form {@code v1a} of the Standard Webhooks: whoever has the public half can tell that a message is ours, and
 * cannot make one.
 */
public final class Ed25519Key {

    private static final String ALGORITHM = "Ed25519";
    private static final String PUBLIC_PREFIX = "whpk_";
    private static final int PUBLIC_BYTES = 32;

    private final PrivateKey key;

    private Ed25519Key(PrivateKey key) {
        this.key = key;
    }

    /** The two halves of a new pair, as text. */
    public record Pair(String privateKey, String publicKey) {

        @Override
        public String toString() {
            return "Pair[" + publicKey + "]";
        }
    }

    public static Pair generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            return new Pair(
                    Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()), shown(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** The 32 bytes of the point, which end its X.509 form (RFC 8410). */
    private static String shown(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return PUBLIC_PREFIX
                + Base64.getEncoder()
                        .encodeToString(Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length));
    }

    /**
     * @param privateKey of a {@link Pair}
     * @throws IllegalArgumentException if it is none; the message does not repeat it
     */
    public static Ed25519Key of(String privateKey) {
        try {
            byte[] bytes = Base64.getDecoder().decode(privateKey);
            return new Ed25519Key(KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(bytes)));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw new IllegalArgumentException("not a private key for " + ALGORITHM + " in PKCS #8 and base64");
        }
    }

    /** One signature for the {@code webhook-signature} header; the parameters are those of {@link WebhookSignature#sign}. */
    public String sign(String webhookId, Instant attemptedAt, byte[] body) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update((webhookId + "." + attemptedAt.getEpochSecond() + ".").getBytes(UTF_8));
            signature.update(body);
            return "v1a," + Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign " + webhookId, e);
        }
    }

    @Override
    public String toString() {
        return "Ed25519Key[redacted]";
    }
}
