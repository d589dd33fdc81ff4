package tocsin.tracker.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Optional;

/**
 * Rows in the binary format of PostgreSQL's COPY ("COPY", "Binary Format" in its manual), in the order of the columns of the table
 * {@code download}: nothing to escape and nothing for the server to parse.
 */
final class BinaryCopy {

    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final int COLUMNS = 15;
    private static final long Y2K_SECONDS =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
    private static final long Y2K_DAY = LocalDate.parse("2000-01-01").toEpochDay();

    private byte[] bytes;
    private int length;

    BinaryCopy(int rows) {
        bytes = new byte[64 + rows * 320];
        System.arraycopy(HEADER, 0, bytes, 0, HEADER.length);
        length = HEADER.length;
    }

    void add(LocalDate day, HistoryRow row) {
        putShort(COLUMNS);
        putInt(4);
        putInt((int) (day.toEpochDay() - Y2K_DAY));
        putInt(16);
        putLong(row.eventId().getMostSignificantBits());
        putLong(row.eventId().getLeastSignificantBits());
        put(row.fetchedAt());
        put(row.receivedAt());
        put(row.audience().text());
        put(row.packageKey().ecosystem().wireName());
        put(row.packageKey().name());
        put(row.version());
        put(row.source());
        put(row.originRegistry());
        put(row.principal().kind().name());
        put(row.principal().id());
        put(row.principal().name());
        put(row.principal().email());
        put(row.principal().repository());
    }

    /** All that was added, with its end. The last that is asked of it. */
    byte[] finished() {
        putShort(-1);
        return Arrays.copyOf(bytes, length);
    }

    private void put(Optional<String> text) {
        if (text.isPresent()) {
            put(text.get());
        } else {
            putInt(-1);
        }
    }

    private void put(String text) {
        byte[] encoded = text.getBytes(UTF_8);
        putInt(encoded.length);
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, length, encoded.length);
        length += encoded.length;
    }

    /** Microseconds since 2000. */
    private void put(Instant time) {
        putInt(8);
        putLong((time.getEpochSecond() - Y2K_SECONDS) * 1_000_000 + time.getNano() / 1_000);
    }

    private void putShort(int value) {
        room(2);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
    }

    private void putInt(int value) {
        putShort(value >> 16);
        putShort(value);
    }

    private void putLong(long value) {
        putInt((int) (value >> 32));
        putInt((int) value);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
