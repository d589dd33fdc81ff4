package tocsin.sender.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/** {@code sha256=} and the HMAC-SHA256 of some bytes in hexadecimal; its key is the secret as its owner was shown it, prefix and all. */
public final class TakumoSignature {

    private TakumoSignature() {}

    public static String sign(byte[] bytes, SigningSecret secret) {
        return "sha256=" + HexFormat.of().formatHex(Hmac.sha256(secret.encoded().getBytes(UTF_8), bytes));
    }
}
