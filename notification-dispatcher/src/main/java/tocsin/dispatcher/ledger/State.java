package tocsin.dispatcher.ledger;

import java.util.Arrays;
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

    /** @throws IllegalArgumentException if there is none */
    static State ofText(String text) {
        return Arrays.stream(values())
                .filter(it -> it.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no such state"));
    }
}
