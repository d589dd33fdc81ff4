package tocsin.dispatcher.address;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The token in a link: a text that names something and its HMAC-SHA256. Of a confirmation that text is a random nonce: it names the row, which knows whose
 * link it is, until when it is good and whether it was used. The signature keeps guesses away from the database.
 */
final class LinkToken {

    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{22,64})\\.([A-Za-z0-9_-]{43})");

    private final String purpose;
    private final SecretKeySpec key;

    /** @param purpose what the links are for: those of one purpose are worth nothing for another */
    LinkToken(String purpose, String key) {
        this.purpose = purpose;
        this.key = new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    String sign(String nonce) {
        return nonce + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(mac(nonce));
    }

    /** @return the nonce; empty for a token that is not ours */
    Optional<String> verify(String token) {
        var parts = FORM.matcher(token);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String nonce = parts.group(1);
        byte[] expected = sign(nonce).getBytes(StandardCharsets.US_ASCII);
        // Compared as text: several encodings stand for the same bytes, and only one of them is ours.
        return MessageDigest.isEqual(expected, token.getBytes(StandardCharsets.US_ASCII))
                ? Optional.of(nonce)
                : Optional.empty();
    }

    private byte[] mac(String nonce) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal((purpose + " " + nonce).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
