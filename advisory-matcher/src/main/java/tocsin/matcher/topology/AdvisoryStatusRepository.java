package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import tocsin.matcher.feed.AdvisoryReport;
import tocsin.matcher.feed.AdvisoryStatuses;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryState;
import tocsin.schemas.avro.AdvisoryStatus;
import tocsin.schemas.avro.FanoutReached;
import tocsin.schemas.avro.ScanProgress;
import tocsin.service.http.Problem;

/** Reads {@code advisory.status}, which every instance has whole. Safe for use by many threads. */
final class AdvisoryStatusRepository implements AdvisoryStatuses {

    private static final int MAX_ID_LENGTH = 256;

    private final Supplier<Optional<ReadOnlyKeyValueStore<Bytes, byte[]>>> store;
    private final IntSupplier partitions;
    private final MessageCodec<AdvisoryStatus> statusCodec = MessageCodec.of(AdvisoryStatus.class);
    private final MessageCodec<ScanProgress> progressCodec = MessageCodec.of(ScanProgress.class);
    private final MessageCodec<FanoutReached> reachedCodec = MessageCodec.of(FanoutReached.class);

    /**
     * @param store empty while nothing runs yet
     * @param partitions that advisories meet downloads in
     */
    AdvisoryStatusRepository(Supplier<Optional<ReadOnlyKeyValueStore<Bytes, byte[]>>> store, IntSupplier partitions) {
        this.store = store;
        this.partitions = partitions;
    }

    @Override
    public Optional<AdvisoryReport> find(String advisoryId, Predicate<String> feeds) {
        if (advisoryId.length() > MAX_ID_LENGTH || advisoryId.isEmpty() || advisoryId.indexOf(' ') >= 0) {
            return Optional.empty();
        }
        try {
            ReadOnlyKeyValueStore<Bytes, byte[]> rows = store.get().orElseThrow(AdvisoryStatusRepository::notYet);
            Known known = read(rows, advisoryId);
            List<AdvisoryReport.Statement> statements = known.statuses.stream()
                    .filter(status -> feeds.test(status.getFeed()) && known.stands(status))
                    .sorted(Comparator.comparing(AdvisoryStatus::getFeed)
                            .thenComparing(status -> status.getPackageKey().orElse("")))
                    .map(status -> statement(rows, known, status))
                    .toList();
            return statements.isEmpty() ? Optional.empty() : Optional.of(new AdvisoryReport(advisoryId, statements));
        } catch (InvalidStateStoreException e) {
            Problem problem = notYet();
            problem.addSuppressed(e);
            throw problem;
        }
    }

    private static Problem notYet() {
        return Problem.unavailable("This instance does not know yet. Ask again.");
    }

    /** What is stored under keys that begin with the advisory's id. */
    private static final class Known {

        private final List<AdvisoryStatus> statuses = new ArrayList<>();

        /** By the statement and partition. */
        private final Map<String, ScanProgress> progress = new HashMap<>();

        /** A refusal counts until the feed says something newer that is taken. */
        boolean stands(AdvisoryStatus status) {
            return status.getState() != AdvisoryState.REFUSED
                    || statuses.stream()
                            .noneMatch(other -> other.getState() != AdvisoryState.REFUSED
                                    && other.getFeed().equals(status.getFeed())
                                    && other.getRevision().isAfter(status.getRevision()));
        }
    }

    private Known read(ReadOnlyKeyValueStore<Bytes, byte[]> rows, String advisoryId) {
        Known known = new Known();
        // '!' is the sign after the blank.
        Bytes from = Bytes.wrap((advisoryId + ' ').getBytes(UTF_8));
        Bytes to = Bytes.wrap((advisoryId + '!').getBytes(UTF_8));
        try (KeyValueIterator<Bytes, byte[]> found = rows.range(from, to)) {
            while (found.hasNext()) {
                var row = found.next();
                int parts = new String(row.key.get(), UTF_8).split(" ", -1).length;
                if (parts == 3) {
                    decode(statusCodec, row.value).ifPresent(known.statuses::add);
                } else {
                    decode(progressCodec, row.value)
                            .ifPresent(it -> known.progress.put(it.getStatement() + " " + it.getPartition(), it));
                }
            }
        }
        return known;
    }

    /** What somebody else wrote there tells nothing. */
    private static <T extends SpecificRecord> Optional<T> decode(MessageCodec<T> codec, byte @Nullable [] value) {
        try {
            return value == null ? Optional.empty() : Optional.of(codec.decode(value));
        } catch (UndecodableMessageException _) {
            return Optional.empty();
        }
    }

    private AdvisoryReport.Statement statement(
            ReadOnlyKeyValueStore<Bytes, byte[]> rows, Known known, AdvisoryStatus status) {
        return new AdvisoryReport.Statement(
                status.getFeed(),
                status.getPackageKey().orElse(null),
                status.getState().name().toLowerCase(Locale.ROOT),
                status.getReason().orElse(null),
                status.getRevision().toString(),
                status.getTakesBack(),
                status.getAt().toString(),
                status.getStatement()
                        .map(statement -> scan(rows, known, statement, status))
                        .orElse(null));
    }

    private AdvisoryReport.Scan scan(
            ReadOnlyKeyValueStore<Bytes, byte[]> rows, Known known, String statement, AdvisoryStatus status) {
        int all = partitions.getAsInt();
        List<AdvisoryReport.Partition> worthTelling = new ArrayList<>();
        int done = 0;
        long audiences = 0;
        Optional<Instant> foundAt = Optional.empty();
        for (int partition = 0; partition < all; partition++) {
            ScanProgress progress = known.progress.get(statement + " " + partition);
            boolean isDone = progress == null ? hasReached(rows, partition, status) : progress.getDone();
            long found = progress == null ? 0 : progress.getAudiences();
            if (isDone) {
                done++;
            }
            if (!isDone || found > 0) {
                String state = isDone ? "done" : progress == null ? "waiting" : "running";
                worthTelling.add(new AdvisoryReport.Partition(partition, state, found));
            }
            if (progress != null
                    && found > 0
                    && foundAt.filter(progress.getAt()::isBefore).isEmpty()) {
                foundAt = Optional.of(progress.getAt());
            }
            audiences += found;
        }
        return new AdvisoryReport.Scan(
                all,
                done,
                audiences,
                done == all,
                foundAt.map(Instant::toString).orElse(null),
                worthTelling);
    }

    private boolean hasReached(ReadOnlyKeyValueStore<Bytes, byte[]> rows, int partition, AdvisoryStatus status) {
        if (status.getAcceptedPartition().isEmpty()
                || status.getAcceptedOffset().isEmpty()) {
            return false;
        }
        String key = RecordKeys.fanoutReached(
                partition, status.getAcceptedPartition().get());
        return decode(reachedCodec, rows.get(Bytes.wrap(key.getBytes(UTF_8))))
                .filter(reached -> reached.getAcceptedOffset()
                        >= status.getAcceptedOffset().get())
                .isPresent();
    }
}
