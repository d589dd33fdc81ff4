package tocsin.matcher.osv;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What of a record is for people. */
final class Texts {

    private static final int MAX_URL_LENGTH = 2000;

    private Texts() {}

    /** The record's summary, or the beginning of its details where it has none. */
    static String summary(JsonNode root) {
        String text = Stream.of("summary", "details")
                .flatMap(field -> Json.textIfAny(root, field).stream())
                .filter(candidate -> !candidate.isBlank())
                .findFirst()
                .orElse("");
        String head = cut(text, 2 * OsvAdvisory.MAX_SUMMARY_LENGTH);
        String plain = head.codePoints()
                .map(c -> isHarmless(c) ? c : ' ')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return cut(plain, OsvAdvisory.MAX_SUMMARY_LENGTH);
    }

    /** A page named by the record as its advisory, else the well-known page of the id, else any page that the record names. */
    static Optional<String> url(String id, List<JsonNode> references) {
        return Stream.of(
                        ofType(references, "ADVISORY"),
                        wellKnown(id).stream(),
                        ofType(references, "REPORT"),
                        ofType(references, "WEB"))
                .flatMap(urls -> urls)
                .findFirst();
    }

    private static Stream<String> ofType(List<JsonNode> references, String type) {
        return references.stream()
                .filter(reference -> type.equals(reference.path("type").textValue()))
                .flatMap(reference -> Json.textIfAny(reference, "url").stream())
                .filter(Texts::isHttps);
    }

    private static Optional<String> wellKnown(String id) {
        if (id.startsWith("GHSA-")) {
            return Optional.of("https://github.com/advisories/" + id);
        }
        return id.startsWith("MAL-") || id.startsWith("PYSEC-")
                ? Optional.of("https://osv.dev/vulnerability/" + id)
                : Optional.empty();
    }

    private static boolean isHttps(String url) {
        if (url.length() > MAX_URL_LENGTH) {
            return false;
        }
        try {
            URI uri = new URI(url);
            return "https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null && uri.getRawUserInfo() == null;
        } catch (URISyntaxException _) {
            return false;
        }
    }

    /** Neither control characters nor marks that turn the direction of writing, which make a text look like another. */
    private static boolean isHarmless(int codePoint) {
        return codePoint == '\n'
                || switch (Character.getType(codePoint)) {
                    case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE -> false;
                    default -> true;
                };
    }

    /** Never in the middle of a character. */
    private static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }
}
