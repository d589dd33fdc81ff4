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
import java.util.SortedMap;
import java.util.TreeMap;
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

    /** Audiences that are found at once. */
    private static final int WINDOW = 256;

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
        String after = afterAudience;
        while (true) {
            SortedMap<String, List<Fetched>> audiences = audiences(scope, countsUntil.keySet(), after);
            // Finding them is not counted: else an advisory of very many versions would find them anew for each
            // audience.
            long start = nanoTime.getAsLong();
            for (var each : audiences.entrySet()) {
                after = each.getKey();
                tell(evaluated, scope, after, each.getValue(), countsUntil, room, matches);
                boolean more = audiences.size() == WINDOW || !after.equals(audiences.lastKey());
                if (more && nanoTime.getAsLong() - start >= budget.toNanos()) {
                    return Optional.of(after);
                }
            }
            if (audiences.size() < WINDOW) {
                return Optional.empty();
            }
        }
    }

    private void tell(
            EvaluatedAdvisory evaluated,
            Scope scope,
            String audience,
            List<Fetched> fetched,
            Map<String, Instant> countsUntil,
            int room,
            Consumer<AdvisoryMatched> matches) {
        NewestDownloads newest = newest(scope, audience, fetched, countsUntil, room);
        Matches.ofScan(evaluated, audience, newest).ifPresent(matches);
        if (newest.nextOlderAt().isPresent()) {
            List<Fetched> added = fetched.stream()
                    .filter(each -> evaluated.isAdded(each.version()))
                    .toList();
            // A match that is full may hold nothing but what was told of the revision before: then what this one added
            // is told
            // of in one of its own.
            if (added.size() < fetched.size()) {
                Matches.ofAdded(evaluated, audience, newest(scope, audience, added, countsUntil, room))
                        .ifPresent(matches);
            }
        }
    }

    /** Those fetched last come first, so that few rows of the others are read. */
    private NewestDownloads newest(
            Scope scope, String audience, List<Fetched> fetched, Map<String, Instant> countsUntil, int room) {
        NewestDownloads.Gathering newest = NewestDownloads.gather(
                row -> matching.counts(row, countsUntil.getOrDefault(row.getVersion(), Instant.MIN)));
        fetched.stream().sorted(Comparator.comparing(Fetched::last).reversed()).forEach(each -> {
            try (Rows<AffectedDownload> rows = downloads.downloads(scope, each.version(), audience)) {
                newest.add(rows);
            }
        });
        return newest.within(room);
    }

    /**
     * The next audiences in their order, at most {@value #WINDOW}, with the affected versions that each fetched. One iterator is open
     * at a time: a package may have thousands of versions, and each open one holds files and memory of the store.
     */
    private SortedMap<String, List<Fetched>> audiences(Scope scope, Collection<String> versions, String after) {
        TreeMap<String, List<Fetched>> window = new TreeMap<>();
        for (String version : versions) {
            try (Rows<DownloadRepository.Fetch> rows = downloads.audiences(scope, version, after)) {
                while (rows.hasNext()) {
                    DownloadRepository.Fetch fetch = rows.next();
                    if (window.size() == WINDOW && fetch.audience().compareTo(window.lastKey()) > 0) {
                        break;
                    }
                    window.computeIfAbsent(fetch.audience(), _ -> new ArrayList<>())
                            .add(new Fetched(version, fetch.last()));
                    if (window.size() > WINDOW) {
                        window.pollLastEntry();
                    }
                }
            }
        }
        return window;
    }

    /** @param last when the audience fetched it last */
    private record Fetched(String version, Instant last) {}
}
