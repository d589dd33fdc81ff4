package tocsin.dispatcher.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tocsin.schemas.RecordKeys;

/** Whom a request names by address, in whatever it says. */
final class KeptAddresses {

    /** As far as it can be told where an address begins: in a message, lengths stand before texts, and such a byte may look like a letter of it. */
    private static final Pattern ADDRESS = addresses("A-Za-z0-9._%+'-");
    /** With all that an address may hold; of what stands before an address, such as the name of a field, that is more than the address. */
    private static final Pattern ANY_ADDRESS = addresses("A-Za-z0-9.!#$%&'*+/=?^_`{|}~-");
    /** As JSON may write any character. */
    private static final Pattern ESCAPED = Pattern.compile("\\\\u([0-9A-Fa-f]{4})");

    private KeptAddresses() {}

    private static Pattern addresses(String letters) {
        return Pattern.compile("[" + letters + "]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8}");
    }

    /** @return hashes of all that may be meant, as keys of records have them */
    static Stream<String> in(byte[] request) {
        // As mails write it, so that no program makes a link of it.
        String text = new String(request, UTF_8).replace("[.]", ".");
        String unescaped = ESCAPED.matcher(text)
                .replaceAll(
                        it -> Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(it.group(1), 16))));
        return Stream.of(text, unescaped)
                .distinct()
                .flatMap(it -> Stream.concat(
                        ADDRESS.matcher(it).results(), ANY_ADDRESS.matcher(it).results()))
                .map(MatchResult::group)
                .flatMap(it -> Stream.of(it, it.substring(1)))
                .filter(it -> it.indexOf('@') > 0)
                .map(RecordKeys::emailRecipient);
    }
}
