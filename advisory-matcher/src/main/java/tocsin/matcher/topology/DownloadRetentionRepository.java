package tocsin.matcher.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
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
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AffectedDownload;

/**
 * Removes downloads of one partition that are older than its retention, slice by slice, over and over. Where it is, nobody remembers after
 * a restart: it begins anew, and what a crash brings back it removes again. Used by its stream thread alone.
 */
final class DownloadRetentionRepository {

    /** No scan takes so long: its records are gone from their topic before. */
    private static final Duration LONGEST_SCAN = Duration.ofDays(30);

    private static final Duration BETWEEN_PASSES = Duration.ofHours(1);

    private final KeyValueStore<Bytes, byte[]> downloads;
    private final AdvisoryRepository advisories;
    private final Matching matching;
    private final Duration retention;
    private final Duration budget;
    private final LongSupplier nanoTime;

    /** The last row that was looked at; empty between passes. */
    private Optional<Bytes> last = Optional.empty();

    private Instant nextPass = Instant.MIN;

    /**
     * @param retention 0: for good
     * @param budget time of a slice; at least one row is looked at in each
     */
    DownloadRetentionRepository(
            KeyValueStore<Bytes, byte[]> downloads,
            AdvisoryRepository advisories,
            Matching matching,
            Duration retention,
            Duration budget,
            LongSupplier nanoTime) {
        this.downloads = downloads;
        this.advisories = advisories;
        this.matching = matching;
        this.retention = retention;
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /** @return how many rows were removed. */
    int slice(Instant now) {
        if (retention.isZero() || (last.isEmpty() && now.isBefore(nextPass))) {
            return 0;
        }
        Instant keptSince = now.minus(retention);
        int removed = 0;
        Optional<Group> group = Optional.empty();
        long start = nanoTime.getAsLong();
        try (KeyValueIterator<Bytes, byte[]> rows =
                downloads.range(last.map(DownloadSweepRepository::next).orElse(null), null)) {
            while (rows.hasNext()) {
                KeyValue<Bytes, byte[]> row = rows.next();
                last = Optional.of(row.key);
                byte[] key = row.key.get();
                int groupLength = DownloadKey.groupLength(key);
                if (StoreKeys.isTrimmed(key, groupLength)) {
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
