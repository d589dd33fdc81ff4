package tocsin.dispatcher.email;

import java.util.Optional;

/** What became of a mail at the SMTP server. */
sealed interface SmtpAnswer {

    /** Why it was not taken: our words and the server's numbers, never what it said, which may name people. */
    default Optional<String> refusal() {
        return switch (this) {
            case Accepted() -> Optional.empty();
            case Temporary(String reason) -> Optional.of(reason);
            case Permanent(String reason) -> Optional.of(reason);
            case Unavailable(String reason) -> Optional.of(reason);
        };
    }

    /** It has the mail. */
    record Accepted() implements SmtpAnswer {}

    /** Refused for now, or the connection broke: it may have the mail all the same. */
    record Temporary(String reason) implements SmtpAnswer {}

    /** Refused for good. */
    record Permanent(String reason) implements SmtpAnswer {}

    /** Nothing about this mail: the server is away, or does not take ours at all. */
    record Unavailable(String reason) implements SmtpAnswer {}
}
