package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Pattern;
import tocsin.schemas.Audience;

/** Finds out whether an event may hold a token or another secret, whatever else is right or wrong with it. */
final class ShownSecret {

    private static final Pattern WORD = Pattern.compile("token|secret|password|authorization|credential");

    private ShownSecret() {}

    /** @throws TokenShownException if a field is called like a secret, or a {@code token_id} is no SHA-256, anywhere in it */
    static void refuseIn(JsonNode node) {
        JsonNode tokenId = node.path("token_id");
        if (!DownloadJson.absent(tokenId)) {
            if (!tokenId.isTextual()) {
                throw new TokenShownException("token_id is no text");
            }
            try {
                new Audience.Token(tokenId.textValue());
            } catch (IllegalArgumentException e) {
                throw new TokenShownException(String.valueOf(e.getMessage()));
            }
        }
        for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals("token_id") && hasWord(name)) {
                throw new TokenShownException("event has a field that is called like a secret");
            }
        }
        node.forEach(ShownSecret::refuseIn);
    }

    /** Of a text that could not be taken apart, so that nobody knows what in it is called how. */
    static boolean mayStandIn(String text) {
        return hasWord(text);
    }

    /** As of a text; of bytes in any encoding that writes ASCII as ASCII, with or without zeros between. */
    static boolean mayStandIn(byte[] text) {
        return hasWord(new String(text, ISO_8859_1).replace("\0", ""));
    }

    /** As of a text, by what it is Base64 of. */
    static boolean mayStandInBase64(String text) {
        try {
            return mayStandIn(Base64.getMimeDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return mayStandIn(text);
        }
    }

    private static boolean hasWord(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT)).find();
    }
}
