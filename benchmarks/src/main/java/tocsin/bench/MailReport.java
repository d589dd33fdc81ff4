package tocsin.bench;

import java.util.Locale;

/** What was measured, in mails a second. */
record MailReport(double oursPerSecond, double smtpLimitPerSecond) {

    /**
     * A loop that something else held up is no limit, so the better run counts.
     *
     * @param before of the loop that ran before the dispatcher
     * @param after of the one that ran after it
     */
    static MailReport of(double ours, double before, double after) {
        return new MailReport(ours, Math.max(before, after));
    }

    /** One line. A ratio to nothing is null. */
    String json() {
        return String.format(
                Locale.ROOT,
                "{\"ours_per_s\": %d, \"smtp_limit_per_s\": %d, \"ratio\": %s}",
                Math.round(oursPerSecond),
                Math.round(smtpLimitPerSecond),
                smtpLimitPerSecond > 0
                        ? String.format(Locale.ROOT, "%.3f", oursPerSecond / smtpLimitPerSecond)
                        : "null");
    }
}
