package tocsin.dispatcher.ledger;

import java.util.Locale;

/** Where a ledger row stands. All but pending are ends. */
public enum State {
    PENDING,
    DELIVERED,
    FAILED,
    SUPPRESSED;

    /** As in the table and in answers. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static State ofText(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
