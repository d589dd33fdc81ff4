package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.signing.SigningSecret;

class SecretVaultTest {

    private final SigningSecret secret = SigningSecret.generate(new SecureRandom());

    @Test
    void opensWhatItSealed() {
        // Given
        SecretVault vault = SecretVault.of(Keysets.fresh());

        // When
        SealedSecret sealed = vault.seal("WHone", secret);

        // Then
        assertEquals(secret, vault.open("WHone", sealed));
        assertFalse(new String(sealed.ciphertext(), ISO_8859_1).contains(secret.encoded()));
    }

    @Test
    void doesNotOpenTheSecretOfAnotherEndpoint() {
        // Given
        SecretVault vault = SecretVault.of(Keysets.fresh());
        SealedSecret sealed = vault.seal("WHone", secret);

        // Then
        assertThrows(IllegalStateException.class, () -> vault.open("WHother", sealed));
    }

    @Test
    void rotatesItsKeysInStepsThatTwoInstancesCanTakeOneAfterTheOther() {
        // Given
        String before = Keysets.fresh();

        // When
        String added = Keysets.withKeyAdded(before);
        String promoted = Keysets.withNewestPromoted(added);
        String alone = Keysets.withPrimaryAlone(promoted);

        // Then
        for (List<String> neighbours :
                List.of(List.of(before, added), List.of(added, promoted), List.of(promoted, promoted))) {
            SecretVault one = SecretVault.of(neighbours.getFirst());
            SecretVault other = SecretVault.of(neighbours.getLast());
            assertEquals(secret, other.open("WHone", one.seal("WHone", secret)));
            assertEquals(secret, one.open("WHone", other.seal("WHone", secret)));
        }
        SecretVault last = SecretVault.of(alone);
        assertEquals(secret, last.open("WHone", SecretVault.of(promoted).seal("WHone", secret)));
        SealedSecret old = SecretVault.of(added).seal("WHone", secret);
        assertThrows(IllegalStateException.class, () -> last.open("WHone", old));
        assertNotEquals(SecretVault.of(before).primaryKeyId(), last.primaryKeyId());
    }

    @Test
    void saysWhichKeyIsMissing() {
        // Given
        SealedSecret sealed = SecretVault.of(Keysets.fresh()).seal("WHone", secret);
        SecretVault stranger = SecretVault.of(Keysets.fresh());

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
