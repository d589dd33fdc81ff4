package tocsin.matcher.topology;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import tocsin.schemas.avro.AffectedDownload;

/**
 * When the downloads of a group were fetched whose rows were trimmed: what is left of them, and of nobody in particular. An advisory that may
 * count one of them must not pass for one that knows all.
 *
 * @param oldest of the two clocks of the oldest, the earlier: one that counts by either is in the span
 * @param newest when the newest was fetched
 */
record TrimmedSpan(Instant oldest, Instant newest) {

    private static final byte FORMAT = 2;

    static TrimmedSpan of(AffectedDownload download) {
        Instant fetched = download.getFetchedAt();
        Instant received = download.getReceivedAt();
        return new TrimmedSpan(received.isBefore(fetched) ? received : fetched, fetched);
    }

    TrimmedSpan with(TrimmedSpan other) {
        return new TrimmedSpan(
                oldest.isBefore(other.oldest) ? oldest : other.oldest,
                newest.isAfter(other.newest) ? newest : other.newest);
    }

    /** When the newest may have been fetched of those that count up to an instant. @return empty if none of them does. */
    Optional<Instant> newestUpTo(Instant until) {
        if (oldest.isAfter(until)) {
            return Optional.empty();
        }
        return Optional.of(newest.isAfter(until) ? until : newest);
    }

    /** As a value in {@code downloads}, under {@link StoreKeys#trimmed}. */
    byte[] encode() {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put(FORMAT)
                .putLong(oldest.toEpochMilli())
                .putLong(newest.toEpochMilli())
                .array();
    }

    static TrimmedSpan decode(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        byte format = in.get();
        if (format != FORMAT) {
            throw new IllegalStateException("span of trimmed rows is in format " + format + ", not " + FORMAT);
        }
        return new TrimmedSpan(Instant.ofEpochMilli(in.getLong()), Instant.ofEpochMilli(in.getLong()));
    }
}
