package tocsin.sender.deliverylog;

import java.util.Locale;

/** What made us attempt. */
public enum Trigger {
    FIRST,
    /** The one before failed. */
    RETRY,
    /** A person asked for this delivery again. */
    RESEND,
    /** A person asked for a range of them again. */
    REPLAY,
    /** A person wanted to see whether the endpoint works. */
    TEST;

    /** As it is stored and shown. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
