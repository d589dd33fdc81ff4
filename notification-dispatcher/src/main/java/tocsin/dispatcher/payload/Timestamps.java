package tocsin.dispatcher.payload;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as the documented payload shows them: ISO 8601, UTC, whole seconds. */
public final class Timestamps {

    private Timestamps() {}

    /** Cut, not rounded: a download is never shown as later than it was. */
    public static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
