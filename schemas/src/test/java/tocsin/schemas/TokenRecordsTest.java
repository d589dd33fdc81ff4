package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.avro.TokenRegistered;

class TokenRecordsTest {

    private static final String ID = "a".repeat(64);

    private static byte[] registered(String tokenId) {
        return MessageCodec.of(TokenRegistered.class)
                .encode(TokenRegistered.newBuilder().setTokenId(tokenId).build());
    }

    @Test
    void readsWhatItsKeyNames() {
        assertEquals(ID, TokenRecords.read(ID, registered(ID)).getTokenId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tg_a_raw_token",
                "",
                "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void refusesAKeyThatIsNotTheMessagesTokenAndRepeatsNeither(String key) {
        // When
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> TokenRecords.read(key, registered(ID)));

        // Then
        String reason = String.valueOf(refusal.getMessage());
        assertFalse(reason.contains(ID) || (!key.isEmpty() && reason.contains(key)), reason);
    }

    @Test
    void refusesWhatIsNoMessage() {
        assertThrows(UndecodableMessageException.class, () -> TokenRecords.read(ID, new byte[] {1, 2, 3}));
    }
}
