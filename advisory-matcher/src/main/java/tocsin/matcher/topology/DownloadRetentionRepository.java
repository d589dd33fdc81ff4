package tocsin.matcher.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.matcher.match.Matching;
import tocsin.matcher.topology.StoreKeys.DownloadKey;
import tocsin.matcher.topology.StoreKeys.GroupKey;
import tocsin.matcher.topology.StoredDownload.Row;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AffectedDownload;

/**
 * Removes downloads of one partition that are older than its retention, and puts the rows of each download that was told of several times into one,
 * slice by slice, over and over. Where it is, nobody remembers after a restart: it begins anew, and what a crash brings back it removes again. Used by its stream thread alone.
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

    /** The last row that was looked at; empty between passes. */
    private Optional<Bytes> last = Optional.empty();

    private Instant nextPass = Instant.MIN;

    /**
     * @param downloads the store of the repository
     * @param retention 0: for good
     * @param budget time of a slice; at least one row is looked at in each
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
        if (last.isEmpty() && now.isBefore(nextPass)) {
            return 0;
        }
        Instant keptSince = retention.isZero() ? Instant.MIN : now.minus(retention);
        int removed = 0;
        Optional<Group> group = Optional.empty();
        long start = nanoTime.getAsLong();
        try (KeyValueIterator<Bytes, byte[]> rows =
                downloads.range(last.map(DownloadSweepRepository::next).orElse(null), null)) {
            while (rows.hasNext()) {
                KeyValue<Bytes, byte[]> row = rows.next();
                byte[] key = row.key.get();
                int groupLength = DownloadKey.groupLength(key);
                Optional<Bytes> before = last;
                last = Optional.of(row.key);
                if (before.filter(known -> isPutInto(known, row, groupLength)).isPresent()) {
                    last = before;
                } else if (StoreKeys.isTrimmed(key, groupLength)) {
                    if (TrimmedSpan.decode(row.value).newest().isBefore(keptSince)) {
                        downloads.delete(row.key);
                    }
                } else if (StoreKeys.fetchedAtIn(key, groupLength).isBefore(keptSince)) {
                    group = group.filter(known ->
                                    StoreKeys.isWithin(key, known.prefix().get()))
                            .or(() -> Optional.of(group(Arrays.copyOf(key, groupLength), now)));
                    if (!group.orElseThrow().isNeeded(row)) {
                        downloads.delete(row.key);
                        removed++;
                    }
                }
                if (nanoTime.getAsLong() - start >= budget.toNanos()) {
                    return removed;
                }
            }
        }
        last = Optional.empty();
        nextPass = now.plus(BETWEEN_PASSES);
        return removed;
    }

    /** @return whether the row was put into the one before it, which tells of the same download */
    private boolean isPutInto(Bytes before, KeyValue<Bytes, byte[]> row, int groupLength) {
        byte[] known =
                StoreKeys.isSameDownload(before.get(), row.key.get(), groupLength) ? downloads.get(before) : null;
        if (known == null) {
            return false;
        }
        DownloadKey key = DownloadKey.parse(row.key.get());
        StoredDownload both = new StoredDownload(
                key.version(), groupLength, new Row(before.get(), known), List.of(new Row(row.key.get(), row.value)));
        repository.putTogether(key.audience(), both).forEach(downloads::delete);
        return true;
    }

    /** @param needed which of its rows stay, old as they are */
    private record Group(Bytes prefix, String version, Predicate<AffectedDownload> needed) {

        boolean isNeeded(KeyValue<Bytes, byte[]> row) {
            return needed.test(DownloadRows.decode(version, row.key.get(), prefix.get().length, row.value));
        }
    }

    private Group group(byte[] prefix, Instant now) {
        GroupKey key = GroupKey.parse(prefix);
        return new Group(Bytes.wrap(prefix), key.version(), neededOf(key, now));
    }

    /** Old as they are, those stay that a scan under way may count, and those that will count once somebody releases what is held. */
    private Predicate<AffectedDownload> neededOf(GroupKey key, Instant now) {
        if (!key.originRegistry().isEmpty()) {
            return _ -> false;
        }
        Optional<Instant> latest = advisories.of(PackageKey.parse(key.packageText())).stream()
                .flatMap(advisory -> advisory.needsUntil(key.version(), now.minus(LONGEST_SCAN)).stream())
                .max(Comparator.naturalOrder());
        return row -> latest.isPresent() && matching.counts(row, latest.get());
    }
}
