package tocsin.sender.deliverylog;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Where a page ended: of the last delivery on it, when it was first heard of, and what tells it from others of that instant. */
record LogCursor(Instant createdAt, long sequence) {

    private static final int LONGEST = 40;

    /** As callers carry it: letters, digits and one hyphen. */
    String text() {
        return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, createdAt), Character.MAX_RADIX)
                + "-"
                + Long.toString(sequence, Character.MAX_RADIX);
    }

    /** @return empty if this is none that {@link #text} made */
    static Optional<LogCursor> of(String text) {
        int hyphen = text.indexOf('-');
        if (hyphen < 1 || text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            long micros = number(text.substring(0, hyphen));
            return Optional.of(
                    new LogCursor(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), number(text.substring(hyphen + 1))));
        } catch (ArithmeticException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    private static long number(String digits) {
        long number = new BigInteger(digits, Character.MAX_RADIX).longValueExact();
        if (number < 0) {
            throw new NumberFormatException("negative");
        }
        return number;
    }
}
