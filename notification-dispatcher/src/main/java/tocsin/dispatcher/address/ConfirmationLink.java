package tocsin.dispatcher.address;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a confirmation link names: a row by its nonce, and until when this very link is good, as its mail says; another mail may bring one of the same row that is
 * good for longer.
 *
 * @param nonce {@value #NONCE_LENGTH} letters of base64url
 * @param until in whole seconds
 */
record ConfirmationLink(String nonce, Instant until) {

    static final int NONCE_LENGTH = 32;

    /** As it is signed. */
    String text() {
        return nonce + until.getEpochSecond();
    }

    /** @return empty for what is none */
    static Optional<ConfirmationLink> ofText(String text) {
        return text.length() < NONCE_LENGTH
                ? Optional.empty()
                : of(text.substring(0, NONCE_LENGTH), text.substring(NONCE_LENGTH));
    }

    /** The one of this nonce that a mail brings. */
    static Optional<ConfirmationLink> in(String mail, String nonce) {
        Matcher link = Pattern.compile(Pattern.quote(nonce) + "([0-9]*)\\.").matcher(mail);
        return link.find() ? of(nonce, link.group(1)) : Optional.empty();
    }

    private static Optional<ConfirmationLink> of(String nonce, String until) {
        // Links of before say nothing of it: they are good as long as their row says.
        if (until.isEmpty()) {
            return Optional.of(new ConfirmationLink(nonce, Instant.MAX));
        }
        return until.matches("[0-9]{1,11}")
                ? Optional.of(new ConfirmationLink(nonce, Instant.ofEpochSecond(Long.parseLong(until))))
                : Optional.empty();
    }
}
