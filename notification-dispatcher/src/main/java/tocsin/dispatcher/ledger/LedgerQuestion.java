package tocsin.dispatcher.ledger;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import tocsin.schemas.Audience;
import tocsin.schemas.PackageKey;

/**
 * Which rows of one audience are asked for.
 *
 * @param advisory any id of an incident
 * @param since of notifications decided then or later
 * @param until of notifications decided before
 * @param after only those behind it, in the order newest first
 */
record LedgerQuestion(
        Audience audience,
        Optional<State> state,
        Optional<Notification.Kind> kind,
        Optional<PackageKey> packageKey,
        Optional<String> advisory,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<LedgerCursor> after,
        int limit) {

    static final int MOST = 500;
    private static final int LONGEST_ID = 256;
    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    /** @throws IllegalArgumentException if a part breaks a limit; for the caller to read */
    LedgerQuestion {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit must be from 1 to " + MOST);
        }
        if (advisory.filter(it -> it.isBlank() || it.length() > LONGEST_ID || it.indexOf('\0') >= 0)
                .isPresent()) {
            throw new IllegalArgumentException("advisory must have 1 to " + LONGEST_ID + " characters");
        }
        if (Stream.of(since, until).flatMap(Optional::stream).anyMatch(it -> it.isBefore(FIRST) || it.isAfter(LAST))) {
            throw new IllegalArgumentException("a time lies outside the years 1970 to 9999");
        }
        if (since.isPresent() && until.isPresent() && !since.get().isBefore(until.get())) {
            throw new IllegalArgumentException("since must be before until");
        }
    }
}
