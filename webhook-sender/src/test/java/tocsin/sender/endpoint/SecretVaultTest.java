package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.signing.SigningSecret;

class SecretVaultTest {

    private final SigningSecret secret = SigningSecret.generate(new SecureRandom());

    @Test
    void opensWhatItSealed() {
        // Given
        SecretVault vault = SecretVault.of(SecretVault.newKeyset());

        // When
        SealedSecret sealed = vault.seal("WHone", secret);

        // Then
        assertEquals(secret, vault.open("WHone", sealed));
        assertFalse(new String(sealed.ciphertext(), ISO_8859_1).contains(secret.encoded()));
    }

    @Test
    void doesNotOpenTheSecretOfAnotherEndpoint() {
        // Given
        SecretVault vault = SecretVault.of(SecretVault.newKeyset());
        SealedSecret sealed = vault.seal("WHone", secret);

        // Then
        assertThrows(IllegalStateException.class, () -> vault.open("WHother", sealed));
    }

    @Test
    void opensWhatAnOlderKeySealedAndSealsWithTheNewOne() throws GeneralSecurityException {
        // Given
        String old = SecretVault.newKeyset();
        SealedSecret sealedBefore = SecretVault.of(old).seal("WHone", secret);

        // When
        SecretVault rotated = SecretVault.of(withNewPrimary(old));

        // Then
        assertEquals(secret, rotated.open("WHone", sealedBefore));
        assertNotEquals(sealedBefore.keyId(), rotated.seal("WHone", secret).keyId());
    }

    private static String withNewPrimary(String keyset) throws GeneralSecurityException {
        KeysetHandle keys = TinkJsonProtoKeysetFormat.parseKeyset(keyset, InsecureSecretKeyAccess.get());
        KeysetHandle rotated = KeysetHandle.newBuilder(keys)
                .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                        .withRandomId()
                        .makePrimary())
                .build();
        return TinkJsonProtoKeysetFormat.serializeKeyset(rotated, InsecureSecretKeyAccess.get());
    }

    @Test
    void saysWhichKeyIsMissing() {
        // Given
        SealedSecret sealed = SecretVault.of(SecretVault.newKeyset()).seal("WHone", secret);
        SecretVault stranger = SecretVault.of(SecretVault.newKeyset());

        // When
        IllegalStateException fault = assertThrows(IllegalStateException.class, () -> stranger.open("WHone", sealed));

        // Then
        assertEquals(
                "no key in tocsin.secrets opens the secret of WHone, which was sealed with key "
                        + Integer.toUnsignedString(sealed.keyId()),
                fault.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "key-material-that-leaks", "{\"primaryKeyId\":1,\"key\":[]}"})
    void refusesWhatIsNoKeysetAndDoesNotRepeatIt(String text) {
        // When
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> SecretVault.of(text));

        // Then
        assertEquals("not a Tink keyset for AEAD in JSON", refusal.getMessage());
        assertNull(refusal.getCause());
    }
}
