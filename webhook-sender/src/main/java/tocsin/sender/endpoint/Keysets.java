package tocsin.sender.endpoint;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;

/**
 * Keysets as Tink's JSON, not encrypted: each is a secret. A key comes and goes in steps that instances with the keyset before
 * and after a step can work beside each other: added everywhere, then primary everywhere, then alone.
 */
final class Keysets {

    private Keysets() {}

    /** @throws IllegalArgumentException if it is none; the message does not repeat it */
    static KeysetHandle parsed(String json) {
        try {
            AeadConfig.register();
            return TinkJsonProtoKeysetFormat.parseKeyset(json, InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException | RuntimeException _) {
            // Without the cause: a parser's message can quote what it could not parse.
            throw new IllegalArgumentException("not a Tink keyset for AEAD in JSON");
        }
    }

    /** With one key. */
    static String fresh() {
        try {
            AeadConfig.register();
            return json(KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM));
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    /** One key more, which decrypts but does not encrypt yet. */
    static String withKeyAdded(String json) {
        KeysetHandle.Builder keys = KeysetHandle.newBuilder(parsed(json));
        keys.addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                .withRandomId()
                .setStatus(KeyStatus.ENABLED));
        return built(keys);
    }

    /** The last one added encrypts; all still decrypt. */
    static String withNewestPromoted(String json) {
        KeysetHandle.Builder keys = KeysetHandle.newBuilder(parsed(json));
        keys.getAt(keys.size() - 1).makePrimary();
        return built(keys);
    }

    /** What the others have sealed opens no more. */
    static String withPrimaryAlone(String json) {
        KeysetHandle.Builder keys = KeysetHandle.newBuilder(parsed(json));
        for (int i = keys.size() - 1; i >= 0; i--) {
            if (!keys.getAt(i).isPrimary()) {
                keys.deleteAt(i);
            }
        }
        return built(keys);
    }

    private static String built(KeysetHandle.Builder keys) {
        try {
            return json(keys.build());
        } catch (GeneralSecurityException e) {
            throw impossible(e);
        }
    }

    private static String json(KeysetHandle keys) throws GeneralSecurityException {
        return TinkJsonProtoKeysetFormat.serializeKeyset(keys, InsecureSecretKeyAccess.get());
    }

    private static IllegalStateException impossible(GeneralSecurityException e) {
        return new IllegalStateException("Tink makes AES-GCM keys on every Java platform", e);
    }
}
