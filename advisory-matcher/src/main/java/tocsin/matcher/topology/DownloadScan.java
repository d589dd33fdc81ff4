package tocsin.matcher.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import tocsin.matcher.match.EvaluatedAdvisory;
import tocsin.matcher.match.Matches;
import tocsin.matcher.match.Matching;
import tocsin.matcher.match.NewestDownloads;
import tocsin.matcher.topology.DownloadRepository.Rows;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;

/**
 * The first door: one advisory meets the stored downloads of one partition, audience by audience, in slices. A withdrawn advisory is
 * scanned like a live one, and so is a narrowed one, for all that any revision ever named: those who were told of it must hear of that
 * too.
 */
final class DownloadScan {

    /** What a topic takes by default is 1 MiB; room is left for headers and for what is only roughly counted. */
    private static final int MAX_MATCH_BYTES = 900_000;

    private final DownloadRepository downloads;
    private final Matching matching;
    private final Duration budget;
    private final LongSupplier nanoTime;
    private final MessageCodec<AdvisoryAccepted> codec = MessageCodec.of(AdvisoryAccepted.class);

    /**
     * @param budget time of a slice; at least one audience is done in each, however long that takes
     * @param nanoTime as {@link System#nanoTime}
     */
    DownloadScan(DownloadRepository downloads, Matching matching, Duration budget, LongSupplier nanoTime) {
        this.downloads = downloads;
        this.matching = matching;
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /**
     * @param afterAudience where the slice before ended; empty: from the start
     * @return the last audience that is done, if more may be left
     */
    Optional<String> slice(AdvisoryAccepted advisory, String afterAudience, Consumer<AdvisoryMatched> matches) {
        long start = nanoTime.getAsLong();
        Scope scope = Scope.ofPublic(AdvisoryRepository.packageOf(advisory));
        if (!downloads.isFetched(scope)) {
            return Optional.empty();
        }
        EvaluatedAdvisory evaluated = matching.evaluate(advisory);
        Map<String, Instant> countsUntil = new HashMap<>();
        for (String version : downloads.versions(scope)) {
            evaluated.countsUntil(version).ifPresent(until -> countsUntil.put(version, until));
        }
        int room = MAX_MATCH_BYTES - codec.encode(evaluated.advisory()).length;
        try (Audiences audiences = new Audiences(scope, countsUntil.keySet(), afterAudience)) {
            while (audiences.hasNext()) {
                Fetched fetched = audiences.next();
                NewestDownloads newest = newest(scope, fetched, countsUntil, room);
                Matches.ofScan(evaluated.advisory(), fetched.audience(), newest).ifPresent(matches);
                if (newest.nextOlderAt().isPresent()) {
                    tellAdded(evaluated, scope, fetched, countsUntil, room).ifPresent(matches);
                }
                if (nanoTime.getAsLong() - start >= budget.toNanos() && audiences.hasNext()) {
                    return Optional.of(fetched.audience());
                }
            }
        }
        return Optional.empty();
    }

    /**
     * A match that is full may hold nothing but what was told of the revision before: then the versions that this one added are told
     * of in one of their own.
     */
    private Optional<AdvisoryMatched> tellAdded(
            EvaluatedAdvisory evaluated, Scope scope, Fetched fetched, Map<String, Instant> countsUntil, int room) {
        List<String> added =
                fetched.versions().stream().filter(evaluated::isAdded).toList();
        if (added.isEmpty() || added.size() == fetched.versions().size()) {
            return Optional.empty();
        }
        return Matches.ofAdded(
                evaluated.advisory(),
                fetched.audience(),
                newest(scope, new Fetched(fetched.audience(), added), countsUntil, room));
    }

    private NewestDownloads newest(Scope scope, Fetched fetched, Map<String, Instant> countsUntil, int room) {
        List<Rows<AffectedDownload>> rows = new ArrayList<>();
        try {
            fetched.versions().forEach(version -> rows.add(downloads.downloads(scope, version, fetched.audience())));
            return NewestDownloads.of(
                    rows, row -> matching.counts(row, countsUntil.getOrDefault(row.getVersion(), Instant.MIN)), room);
        } finally {
            rows.forEach(Rows::close);
        }
    }

    /** @param versions the affected ones that the audience fetched */
    private record Fetched(String audience, List<String> versions) {}

    /** Merges the audiences of several versions into one order. */
    private final class Audiences implements AutoCloseable {

        private final List<Rows<String>> open = new ArrayList<>();
        private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::audience));

        Audiences(Scope scope, Collection<String> versions, String after) {
            for (String version : versions) {
                Rows<String> rows = downloads.audiences(scope, version, after);
                open.add(rows);
                advance(version, rows);
            }
        }

        boolean hasNext() {
            return !heads.isEmpty();
        }

        Fetched next() {
            String audience = heads.element().audience();
            List<String> versions = new ArrayList<>();
            for (Head head = heads.peek(); head != null && head.audience().equals(audience); head = heads.peek()) {
                heads.remove();
                versions.add(head.version());
                advance(head.version(), head.rest());
            }
            return new Fetched(audience, List.copyOf(versions));
        }

        private void advance(String version, Rows<String> rows) {
            if (rows.hasNext()) {
                heads.add(new Head(rows.next(), version, rows));
            }
        }

        @Override
        public void close() {
            open.forEach(Rows::close);
        }
    }

    private record Head(String audience, String version, Rows<String> rest) {}
}
