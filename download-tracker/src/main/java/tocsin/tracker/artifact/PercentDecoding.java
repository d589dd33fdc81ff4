package tocsin.tracker.artifact;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Percent-decoding of a URL path, once and strictly (RFC 3986); {@code java.net.URLDecoder} would make spaces of plus signs, as forms want it. */
final class PercentDecoding {

    private PercentDecoding() {}

    /** @return empty if an escape is broken, or the result is no UTF-8 or holds control characters. */
    static Optional<String> decode(String path) {
        if (path.indexOf('%') < 0) {
            return hasControls(path) ? Optional.empty() : Optional.of(path);
        }
        byte[] encoded = path.getBytes(StandardCharsets.UTF_8);
        ByteBuffer decoded = ByteBuffer.allocate(encoded.length);
        for (int at = 0; at < encoded.length; at++) {
            if (encoded[at] != '%') {
                decoded.put(encoded[at]);
                continue;
            }
            if (at + 2 >= encoded.length
                    || !HexFormat.isHexDigit(encoded[at + 1])
                    || !HexFormat.isHexDigit(encoded[at + 2])) {
                return Optional.empty();
            }
            decoded.put(
                    (byte) ((HexFormat.fromHexDigit(encoded[at + 1]) << 4) | HexFormat.fromHexDigit(encoded[at + 2])));
            at += 2;
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
            return hasControls(text) ? Optional.empty() : Optional.of(text);
        } catch (CharacterCodingException _) {
            return Optional.empty();
        }
    }

    private static boolean hasControls(String text) {
        // A loop: every path that is observed comes by here.
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}
