package tocsin.sender.endpoint;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which headers an owner may have sent with his messages: none that frames them, routes them or says who we are. */
final class HeaderRules {

    static final int MOST = 10;
    static final int LONGEST_NAME = 64;
    static final int LONGEST_VALUE = 1_024;
    static final int LONGEST_ALTOGETHER = 4_096;

    // RFC 9110, 5.6.2: a token.
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1," + LONGEST_NAME + "}");
    // RFC 9110, 5.5, without what is obsolete: visible ASCII, blanks only between.
    private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7E]([\\x20\\x09\\x21-\\x7E]*[\\x21-\\x7E])?");

    private static final Set<String> OURS = Set.of(
            "host",
            "user-agent",
            "accept",
            "accept-encoding",
            "cookie",
            "date",
            "expect",
            "forwarded",
            "via",
            // Hop by hop.
            "connection",
            "http2-settings",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private static final Set<String> OUR_PREFIXES =
            Set.of("content-", "proxy-", "sec-", "svix-", "webhook-", "x-forwarded-", "x-takumo-");

    private HeaderRules() {}

    /**
     * @param headers names in lower case, and values
     * @return a sentence for the owner, which repeats no value; empty if all is well
     */
    static Optional<String> refusal(Map<String, String> headers) {
        if (headers.size() > MOST) {
            return Optional.of("An endpoint has at most " + MOST + " headers of its own.");
        }
        int length = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = header.getKey();
            if (!NAME.matcher(name).matches()) {
                return Optional.of("The name of a header is a token of at most " + LONGEST_NAME + " characters.");
            }
            if (OURS.contains(name) || OUR_PREFIXES.stream().anyMatch(name::startsWith)) {
                return Optional.of("The header " + name + " is not yours to set.");
            }
            if (header.getValue().length() > LONGEST_VALUE
                    || !VALUE.matcher(header.getValue()).matches()) {
                return Optional.of("The value of the header " + name + " is not printable ASCII of 1 to "
                        + LONGEST_VALUE + " characters without blanks around it.");
            }
            length += name.length() + header.getValue().length();
        }
        return length > LONGEST_ALTOGETHER
                ? Optional.of("Headers have at most " + LONGEST_ALTOGETHER + " characters altogether.")
                : Optional.empty();
    }

    static String canonical(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
