package tocsin.dispatcher.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/** The last row of a page. Rows come by time, the newest first, then by notification and destination. */
record LedgerCursor(Instant createdAt, UUID notificationId, String destination) {

    private static final int LONGEST = 1_000;
    private static final int BEFORE_DESTINATION = 3 * Long.BYTES;
    /** Beyond what the table takes. */
    private static final long LATEST = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59Z"));

    static LedgerCursor after(LedgerRepository.Entry entry) {
        return new LedgerCursor(entry.createdAt(), entry.notificationId(), entry.destination());
    }

    /** Opaque to whoever gets it. */
    String text() {
        byte[] name = destination.getBytes(UTF_8);
        byte[] bytes = ByteBuffer.allocate(BEFORE_DESTINATION + name.length)
                // The database keeps microseconds.
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, createdAt))
                .putLong(notificationId.getMostSignificantBits())
                .putLong(notificationId.getLeastSignificantBits())
                .put(name)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException if {@link #text()} never gave it */
    static LedgerCursor parse(String text) {
        if (text.length() <= LONGEST) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
                if (bytes.remaining() > BEFORE_DESTINATION) {
                    long micros = bytes.getLong();
                    UUID notification = new UUID(bytes.getLong(), bytes.getLong());
                    String destination = UTF_8.decode(bytes).toString();
                    if (micros >= 0 && micros <= LATEST && destination.indexOf('\0') < 0) {
                        return new LedgerCursor(
                                Instant.EPOCH.plus(micros, ChronoUnit.MICROS), notification, destination);
                    }
                }
            } catch (IllegalArgumentException _) {
                // Said below.
            }
        }
        throw new IllegalArgumentException("the cursor is not one that this API gave");
    }
}
