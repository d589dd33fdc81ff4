package tocsin.tracker.history;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/**
 * A place between two downloads, newest first. What it names need not exist, and it says nothing of whose it is: a forged one only begins somewhere
 * else in what its bearer may see anyway.
 */
record DownloadCursor(Instant fetchedAt, UUID eventId) {

    private static final int BYTES = 3 * Long.BYTES;
    /** Beyond what the table takes. */
    private static final long LATEST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    static DownloadCursor after(HistoryRow row) {
        return new DownloadCursor(row.fetchedAt(), row.eventId());
    }

    String text() {
        byte[] bytes = ByteBuffer.allocate(BYTES)
                .putLong(fetchedAt.toEpochMilli())
                .putLong(eventId.getMostSignificantBits())
                .putLong(eventId.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException if {@link #text()} never gave it */
    static DownloadCursor parse(String text) {
        if (text.length() == BYTES * 4 / 3) {
            try {
                ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
                long millis = bytes.getLong();
                if (millis >= 0 && millis <= LATEST) {
                    return new DownloadCursor(Instant.ofEpochMilli(millis), new UUID(bytes.getLong(), bytes.getLong()));
                }
            } catch (IllegalArgumentException _) {
                // Said below.
            }
        }
        throw new IllegalArgumentException("the cursor is not one that this API gave");
    }
}
