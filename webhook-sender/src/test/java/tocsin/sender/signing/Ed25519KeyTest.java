package tocsin.sender.signing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Ed25519KeyTest {

    /** Of the tests of svix-webhooks (server/svix-server/src/worker.rs): 32 bytes of seed, then the public key. */
    private static final String SVIX_KEY =
            "6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";

    /** What comes before a seed in PKCS #8 (RFC 8410, 7). */
    private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private static String privateKeyOf(byte[] seed) {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.writeBytes(PKCS8);
        encoded.writeBytes(seed);
        return Base64.getEncoder().encodeToString(encoded.toByteArray());
    }

    @Test
    void signsAsOthersDo() {
        // Given
        byte[] seed = Arrays.copyOf(Base64.getDecoder().decode(SVIX_KEY), 32);

        // When
        String signature = Ed25519Key.of(privateKeyOf(seed))
                .sign(
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        Instant.ofEpochSecond(1614265330),
                        "{\"test\": 2432232314}".getBytes(UTF_8));

        // Then
        assertEquals(
                "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
                signature);
    }

    @Test
    void showsThePublicHalfAlone() {
        // When
        Ed25519Key.Pair pair = Ed25519Key.generate();

        // Then
        assertTrue(pair.publicKey().matches("whpk_[A-Za-z0-9+/]{43}="), pair.publicKey());
        assertFalse(pair.toString().contains(pair.privateKey()));
        assertFalse(Ed25519Key.of(pair.privateKey()).toString().contains(pair.privateKey()));
    }

    @Test
    void repeatsNothingOfABadKey() {
        for (String bad : new String[] {"", "!secret", "c2VjcmV0"}) {
            IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> Ed25519Key.of(bad));
            assertEquals("not a private key for Ed25519 in PKCS #8 and base64", refusal.getMessage());
        }
    }
}
