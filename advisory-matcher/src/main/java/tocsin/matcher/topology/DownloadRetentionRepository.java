package tocsin.matcher.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.matcher.match.Matching;
import tocsin.matcher.topology.StoreKeys.DownloadKey;
import tocsin.matcher.topology.StoreKeys.GroupKey;
import tocsin.schemas.PackageKey;

/**
 * Removes downloads of one partition that are older than its retention, and puts the rows of each download that was told of several times into one,
 * slice by slice, over and over. All rows of a download are looked at together, and what they say together decides whether it stays. Where it is, nobody remembers after a
 * restart: it begins anew, and what a crash brings back it removes again. Used by its stream thread alone.
 */
final class DownloadRetentionRepository {

    /** No scan takes so long: its records are gone from their topic before. */
    private static final Duration LONGEST_SCAN = Duration.ofDays(30);

    private static final Duration BETWEEN_PASSES = Duration.ofHours(1);

    private final KeyValueStore<Bytes, byte[]> downloads;
    private final DownloadRepository repository;
    private final AdvisoryRepository advisories;
    private final Matching matching;
    private final Duration retention;
    private final Duration budget;
    private final LongSupplier nanoTime;

    /** Where the next slice begins, behind all rows of a download; empty between passes. */
    private Optional<Bytes> next = Optional.empty();

    private Instant nextPass = Instant.MIN;

    /**
     * @param downloads the store of the repository
     * @param retention 0: for good
     * @param budget time of a slice; at least one download is looked at in each
     */
    DownloadRetentionRepository(
            KeyValueStore<Bytes, byte[]> downloads,
            DownloadRepository repository,
            AdvisoryRepository advisories,
            Matching matching,
            Duration retention,
            Duration budget,
            LongSupplier nanoTime) {
        this.downloads = downloads;
        this.repository = repository;
        this.advisories = advisories;
        this.matching = matching;
        this.retention = retention;
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /** @return how many rows were removed. */
    int slice(Instant now) {
        if (next.isEmpty() && now.isBefore(nextPass)) {
            return 0;
        }
        Instant keptSince = retention.isZero() ? Instant.MIN : now.minus(retention);
        Needs needs = new Needs(now);
        int removed = 0;
        long start = nanoTime.getAsLong();
        try (KeyValueIterator<Bytes, byte[]> rows = downloads.range(next.orElse(null), null)) {
            while (rows.hasNext()) {
                byte[] first = rows.peekNextKey().get();
                DownloadKey key = DownloadKey.parse(first);
                next = Optional.of(Bytes.wrap(StoreKeys.afterDownload(first, key.groupLength())));
                if (StoreKeys.isTrimmed(first, key.groupLength())) {
                    retire(rows.next(), keptSince);
                } else {
                    byte[] group = Arrays.copyOf(first, key.groupLength());
                    StoredDownload download = DownloadRepository.stored(rows, group, key.version())
                            .next();
                    if (download.fetchedAt().isBefore(keptSince) && !needs.isNeeded(group, download)) {
                        removed += retire(download);
                    } else if (!download.repeats().isEmpty()) {
                        repository.putTogether(key.audience(), download).forEach(downloads::delete);
                    }
                }
                if (nanoTime.getAsLong() - start >= budget.toNanos()) {
                    return removed;
                }
            }
        }
        next = Optional.empty();
        nextPass = now.plus(BETWEEN_PASSES);
        return removed;
    }

    private int retire(StoredDownload download) {
        List<StoredDownload.Row> rows = download.rows();
        rows.forEach(row -> downloads.delete(Bytes.wrap(row.key())));
        return rows.size();
    }

    private void retire(KeyValue<Bytes, byte[]> trimmed, Instant keptSince) {
        if (TrimmedSpan.decode(trimmed.value).newest().isBefore(keptSince)) {
            downloads.delete(trimmed.key);
        }
    }

    /**
     * Old as they are, those stay that a scan under way may count, and those that will count once somebody releases what is held. Asked for one
     * group after the other, so what is known of the last is kept.
     */
    private final class Needs {

        private final Instant now;
        private byte[] group = {};
        private Optional<Instant> latest = Optional.empty();

        Needs(Instant now) {
            this.now = now;
        }

        boolean isNeeded(byte[] its, StoredDownload download) {
            if (!Arrays.equals(group, its)) {
                group = its;
                latest = latest(GroupKey.parse(its));
            }
            return latest.filter(until -> matching.counts(download.facts(), until))
                    .isPresent();
        }

        private Optional<Instant> latest(GroupKey key) {
            return !key.originRegistry().isEmpty()
                    ? Optional.empty()
                    : advisories.of(PackageKey.parse(key.packageText())).stream()
                            .flatMap(advisory -> advisory.needsUntil(key.version(), now.minus(LONGEST_SCAN)).stream())
                            .max(Comparator.naturalOrder());
        }
    }
}
