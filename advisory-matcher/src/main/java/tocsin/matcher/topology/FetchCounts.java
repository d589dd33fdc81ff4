package tocsin.matcher.topology;

import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * What the index tells of one version and one audience.
 *
 * @param first no stored fetch is earlier
 * @param last the latest
 * @param count exact up to {@value #EXACT}; above, at least this many
 * @param rows stored now; a crash between two writes may leave it wrong by what was being written
 * @param trimAt number of rows at which the oldest are looked at again
 */
record FetchCounts(Instant first, Instant last, int count, int rows, int trimAt) {

    static final int EXACT = 1000;

    /** As many as a match tells of, and the one whose time it tells as the next older. */
    static final int KEPT = 1001;

    private static final int SLACK = 100;
    private static final byte FORMAT = 1;

    static FetchCounts ofFirst(Instant fetchedAt) {
        return new FetchCounts(fetchedAt, fetchedAt, 1, 1, KEPT + SLACK);
    }

    FetchCounts plus(Instant fetchedAt) {
        return new FetchCounts(
                fetchedAt.isBefore(first) ? fetchedAt : first,
                fetchedAt.isAfter(last) ? fetchedAt : last,
                Math.min(count, EXACT) + 1,
                rows + 1,
                trimAt);
    }

    boolean isDueForTrimming() {
        return rows >= trimAt;
    }

    /** Where many rows may not go, the next look waits for more, so that looking stays cheap on the whole. */
    FetchCounts trimmedTo(int remaining) {
        return new FetchCounts(first, last, count, remaining, remaining + Math.max(SLACK, remaining / 4));
    }

    /**
     * After old rows are gone.
     *
     * @param notBefore no fetch that is left is earlier
     */
    FetchCounts without(int removed, Instant notBefore) {
        return new FetchCounts(notBefore, last, Math.max(0, count - removed), Math.max(0, rows - removed), trimAt);
    }

    byte[] encode() {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES + 3 * Integer.BYTES)
                .put(FORMAT)
                .putLong(first.toEpochMilli())
                .putLong(last.toEpochMilli())
                .putInt(count)
                .putInt(rows)
                .putInt(trimAt)
                .array();
    }

    static FetchCounts decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte format = in.get();
        if (format != FORMAT) {
            throw new IllegalStateException("index row is in format " + format + ", not " + FORMAT);
        }
        return new FetchCounts(
                Instant.ofEpochMilli(in.getLong()),
                Instant.ofEpochMilli(in.getLong()),
                in.getInt(),
                in.getInt(),
                in.getInt());
    }
}
