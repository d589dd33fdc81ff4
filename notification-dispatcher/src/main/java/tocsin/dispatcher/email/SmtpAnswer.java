package tocsin.dispatcher.email;

/** What became of a mail at the SMTP server. */
sealed interface SmtpAnswer {

    /** It has the mail. */
    record Accepted() implements SmtpAnswer {}

    /** Refused for now, or the connection broke: it may have the mail all the same. */
    record Temporary(String reason) implements SmtpAnswer {}

    /** Refused for good. */
    record Permanent(String reason) implements SmtpAnswer {}

    /** Nothing about this mail: the server is away, or does not take ours at all. */
    record Unavailable(String reason) implements SmtpAnswer {}
}
