package tocsin.dispatcher.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tocsin.schemas.RecordKeys;

/** Whom a request names by address, in whatever it says. */
final class KeptAddresses {

    /** As far as it can be told where an address begins: in a message, lengths stand before texts, and such a byte may look like a letter of it. */
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8}");

    private KeptAddresses() {}

    /** @return hashes of all that may be meant, as keys of records have them */
    static Stream<String> in(byte[] request) {
        // As mails write it, so that no program makes a link of it.
        String text = new String(request, UTF_8).replace("[.]", ".");
        return ADDRESS.matcher(text)
                .results()
                .map(MatchResult::group)
                .flatMap(it -> Stream.of(it, it.substring(1)))
                .filter(it -> it.indexOf('@') > 0)
                .map(RecordKeys::emailRecipient);
    }
}
