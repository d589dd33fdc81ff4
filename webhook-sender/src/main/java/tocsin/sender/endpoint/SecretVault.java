package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import java.security.GeneralSecurityException;
import tocsin.sender.signing.SigningSecret;

/**
 * Encrypts signing secrets with AES-256-GCM. The keyset holds one primary key, which encrypts, and any number of older ones,
 * which still decrypt. A ciphertext is bound to its endpoint, so that one copied to another row does not open.
 */
final class SecretVault {

    private final Aead aead;
    private final int primaryKeyId;

    private SecretVault(KeysetHandle keys) throws GeneralSecurityException {
        aead = keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
        primaryKeyId = keys.getPrimary().getId();
    }

    /**
     * @param keysetJson a Tink keyset for AEAD as JSON, not encrypted itself
     * @throws IllegalArgumentException if it is none; the message does not repeat it
     */
    static SecretVault of(String keysetJson) {
        KeysetHandle keys = Keysets.parsed(keysetJson);
        try {
            return new SecretVault(keys);
        } catch (GeneralSecurityException | RuntimeException _) {
            throw new IllegalArgumentException("not a Tink keyset for AEAD in JSON");
        }
    }

    int primaryKeyId() {
        return primaryKeyId;
    }

    SealedSecret seal(String endpointId, SigningSecret secret) {
        return sealText(endpointId, secret.encoded());
    }

    /** @param context says whose it is and what; it opens for no other */
    SealedSecret sealText(String context, String text) {
        try {
            return new SealedSecret(aead.encrypt(text.getBytes(UTF_8), context.getBytes(UTF_8)), primaryKeyId);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encrypt the secret of " + context, e);
        }
    }

    /** @throws IllegalStateException if no key of the keyset opens it for this endpoint */
    SigningSecret open(String endpointId, SealedSecret sealed) {
        return new SigningSecret(openText(endpointId, sealed));
    }

    /** @throws IllegalStateException if no key of the keyset opens it in this context */
    String openText(String context, SealedSecret sealed) {
        try {
            return new String(aead.decrypt(sealed.ciphertext(), context.getBytes(UTF_8)), UTF_8);
        } catch (GeneralSecurityException _) {
            throw new IllegalStateException("no key in tocsin.secrets opens the secret of " + context
                    + ", which was sealed with key " + Integer.toUnsignedString(sealed.keyId()));
        }
    }

    @Override
    public String toString() {
        return "SecretVault[primaryKeyId=" + Integer.toUnsignedString(primaryKeyId) + "]";
    }
}
