package tocsin.service.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Rows in the binary format of PostgreSQL's COPY ("COPY", "Binary Format" in its manual): nothing to escape, nothing for the server to parse. The caller
 * gives each row's values in the order of the columns that he names to COPY, and those of the columns' own types. One thread's.
 */
public final class CopyRows {

    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final long Y2K_SECONDS =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
    private static final long Y2K_DAY = LocalDate.parse("2000-01-01").toEpochDay();
    private static final int NULL = -1;
    /** Of the type text ("pg_type" in the catalogue; it never changes). */
    private static final int TEXT_OID = 25;

    private byte[] bytes;
    private int length;

    /** @param room bytes that there is room for at first; it grows */
    public CopyRows(int room) {
        bytes = new byte[HEADER.length + room];
        System.arraycopy(HEADER, 0, bytes, 0, HEADER.length);
        length = HEADER.length;
    }

    /** Begins a row. */
    public CopyRows row(int columns) {
        putShort(columns);
        return this;
    }

    public CopyRows text(String text) {
        return bytea(text.getBytes(UTF_8));
    }

    /** Empty: null. */
    public CopyRows text(Optional<String> text) {
        return text.isPresent() ? text(text.get()) : none();
    }

    public CopyRows bytea(byte[] value) {
        putInt(value.length);
        put(value);
        return this;
    }

    /** For a column of the type integer. Empty: null. */
    public CopyRows integer(Optional<Integer> value) {
        return value.isPresent() ? integer(value.get()) : none();
    }

    /** For a column of the type integer. */
    public CopyRows integer(int value) {
        putInt(4);
        putInt(value);
        return this;
    }

    /** For a column of the type bigint. */
    public CopyRows bigint(long value) {
        putInt(8);
        putLong(value);
        return this;
    }

    public CopyRows bool(boolean value) {
        putInt(1);
        room(1);
        bytes[length++] = (byte) (value ? 1 : 0);
        return this;
    }

    /** For a column of the type date. */
    public CopyRows date(LocalDate day) {
        return integer((int) (day.toEpochDay() - Y2K_DAY));
    }

    public CopyRows uuid(UUID value) {
        putInt(16);
        putLong(value.getMostSignificantBits());
        putLong(value.getLeastSignificantBits());
        return this;
    }

    /** For a column of the type timestamptz, in whole microseconds; what is less is left out. */
    public CopyRows time(Instant time) {
        return bigint((time.getEpochSecond() - Y2K_SECONDS) * 1_000_000 + time.getNano() / 1_000);
    }

    /** Empty: null. */
    public CopyRows time(Optional<Instant> time) {
        return time.isPresent() ? time(time.get()) : none();
    }

    /** For a column of the type text[]. */
    public CopyRows texts(List<String> texts) {
        int start = length;
        putInt(0);
        putInt(texts.isEmpty() ? 0 : 1);
        // No element is null.
        putInt(0);
        putInt(TEXT_OID);
        if (!texts.isEmpty()) {
            putInt(texts.size());
            // Where it begins to count.
            putInt(1);
            texts.forEach(this::text);
        }
        int end = length;
        length = start;
        putInt(end - start - Integer.BYTES);
        length = end;
        return this;
    }

    private CopyRows none() {
        putInt(NULL);
        return this;
    }

    /** All that was added, with its end, and no copy of it. The last that is asked of it. */
    public InputStream finished() {
        putShort(-1);
        return new ByteArrayInputStream(bytes, 0, length);
    }

    private void put(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
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
