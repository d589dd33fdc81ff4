package tocsin.matcher.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.matcher.topology.StoreKeys.DownloadKey;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.avro.AffectedDownload;

/**
 * Takes a subject out of the stored downloads of one partition, slice by slice. What a slice finds is erased when the next record of the
 * sweep is read, and again each time that one is: after a crash a row may be gone from the store and still stand in its changelog, and
 * only who knows its key can delete it there.
 */
final class DownloadSweepRepository {

    /** Of keys that are found in a slice; they travel. */
    private static final int MAX_FOUND_BYTES = 128 * 1024;

    private final KeyValueStore<Bytes, byte[]> downloads;
    private final Duration budget;
    private final LongSupplier nanoTime;

    DownloadSweepRepository(KeyValueStore<Bytes, byte[]> downloads, Duration budget, LongSupplier nanoTime) {
        this.downloads = downloads;
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /**
     * @param found keys of the subject's rows
     * @param last the last row that was looked at, if any
     * @param done whether there was none after it
     */
    record Slice(List<Bytes> found, Optional<Bytes> last, boolean done) {}

    /** @param after the last row of the slice before; empty: from the start */
    Slice find(ErasureSubject subject, Instant requestedAt, Optional<Bytes> after) {
        List<Bytes> found = new ArrayList<>();
        int foundBytes = 0;
        Optional<Bytes> last = after;
        long start = nanoTime.getAsLong();
        Bytes from = after.map(DownloadSweepRepository::next).orElse(null);
        try (KeyValueIterator<Bytes, byte[]> rows = downloads.range(from, null)) {
            while (rows.hasNext()) {
                KeyValue<Bytes, byte[]> row = rows.next();
                last = Optional.of(row.key);
                if (isOf(subject, requestedAt, row)) {
                    found.add(row.key);
                    foundBytes += row.key.get().length;
                }
                if (foundBytes >= MAX_FOUND_BYTES || nanoTime.getAsLong() - start >= budget.toNanos()) {
                    return new Slice(found, last, !rows.hasNext());
                }
            }
        }
        return new Slice(found, last, true);
    }

    /** The first key after it is the same with a zero byte. */
    static Bytes next(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.get(), key.get().length + 1));
    }

    private static boolean isOf(ErasureSubject subject, Instant requestedAt, KeyValue<Bytes, byte[]> row) {
        DownloadKey key = DownloadKey.parse(row.key.get());
        return isPossible(subject, key.audience()) && isOf(subject, requestedAt, key, row.key.get(), row.value);
    }

    /** Spares most rows being decoded. */
    private static boolean isPossible(ErasureSubject subject, String audience) {
        return switch (subject) {
            case ErasureSubject.OfOrganisation principal ->
                principal.organisation().text().equals(audience);
            case ErasureSubject.OfToken holder -> holder.token().text().equals(audience);
            case ErasureSubject.OfEmail _ -> true;
        };
    }

    private static boolean isOf(
            ErasureSubject subject, Instant requestedAt, DownloadKey key, byte[] rowKey, byte[] value) {
        if (StoreKeys.isTrimmed(rowKey, key.groupLength())) {
            // Of times alone. Those of a token are its holder's.
            return subject instanceof ErasureSubject.OfToken
                    && !TrimmedSpan.decode(value).newest().isAfter(requestedAt);
        }
        AffectedDownload row = DownloadRows.decode(key.version(), rowKey, key.groupLength(), value);
        return subject.covers(key.audience(), row.getPrincipal()) && ErasureRepository.isUpTo(row, requestedAt);
    }

    /** @throws IllegalArgumentException if one is the key of no row that could be the subject's */
    static void check(ErasureSubject subject, List<Bytes> found) {
        for (Bytes rowKey : found) {
            if (!isPossible(subject, DownloadKey.parse(rowKey.get()).audience())) {
                throw new IllegalArgumentException("a row of somebody else is to be erased");
            }
        }
    }

    /** Writes to the changelog for each of the keys, whatever is left of its row. */
    void erase(ErasureSubject subject, List<Bytes> found) {
        switch (subject) {
            case ErasureSubject.OfToken _ -> found.forEach(downloads::delete);
            case ErasureSubject.OfOrganisation _, ErasureSubject.OfEmail _ -> found.forEach(this::anonymise);
        }
    }

    private void anonymise(Bytes rowKey) {
        byte[] value = downloads.get(rowKey);
        if (value == null) {
            // Trimmed, retired or put into another row meanwhile, and perhaps still in the changelog.
            downloads.delete(rowKey);
        } else {
            DownloadKey key = DownloadKey.parse(rowKey.get());
            AffectedDownload row = DownloadRows.decode(key.version(), rowKey.get(), key.groupLength(), value);
            downloads.put(rowKey, DownloadRows.encode(ErasureRepository.anonymous(row)));
        }
    }
}
