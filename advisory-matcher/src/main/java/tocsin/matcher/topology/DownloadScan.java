package tocsin.matcher.topology;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import tocsin.matcher.match.EvaluatedAdvisory;
import tocsin.matcher.match.Matches;
import tocsin.matcher.match.Matching;
import tocsin.matcher.match.NewestDownloads;
import tocsin.matcher.topology.AudienceSearch.Fetched;
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

    /** Searches that go on in the next slice of their scan. Where so many do, another is made at once, however long it takes. */
    private static final int KEPT_SEARCHES = 8;

    /** Longer than a slice waits for its turn. One that is given up begins anew. */
    private static final Duration KEPT_FOR = Duration.ofMinutes(1);

    private final DownloadRepository downloads;
    private final Matching matching;
    private final Duration budget;
    private final LongSupplier nanoTime;
    private final Map<Scanned, Kept> searches = new HashMap<>();
    private final MessageCodec<AdvisoryAccepted> codec = MessageCodec.of(AdvisoryAccepted.class);

    /**
     * @param budget time of a slice; at least one audience, or some hundred versions, are done in each, however long that takes
     * @param nanoTime as {@link System#nanoTime}
     */
    DownloadScan(DownloadRepository downloads, Matching matching, Duration budget, LongSupplier nanoTime) {
        this.downloads = downloads;
        this.matching = matching;
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /**
     * The first slice. It finds all that is stored by now, also what came since the same advisory was scanned before, and keeps no search: the rest
     * of the scan comes round by another topic, whose reader scans for itself.
     *
     * @return the last audience that is done, empty before the first, if more may be left
     */
    Optional<String> begin(AdvisoryAccepted advisory, Consumer<AdvisoryMatched> matches) {
        return slice(advisory, "", scope -> new AudienceSearch(downloads, scope, ""), _ -> {}, matches);
    }

    /**
     * The next slice of a scan that is under way.
     *
     * @param startedAt of the scan: the same advisory may be scanned twice at a time
     * @param afterAudience where the slice before ended; empty: before the first
     * @return as {@link #begin}
     */
    Optional<String> goOn(
            AdvisoryAccepted advisory, Instant startedAt, String afterAudience, Consumer<AdvisoryMatched> matches) {
        Scanned scanned = new Scanned(advisory, startedAt);
        return slice(
                advisory,
                afterAudience,
                scope -> searchOf(scanned, scope, afterAudience),
                search -> keep(scanned, search),
                matches);
    }

    private Optional<String> slice(
            AdvisoryAccepted advisory,
            String afterAudience,
            Function<Scope, AudienceSearch> searchOf,
            Consumer<AudienceSearch> keep,
            Consumer<AdvisoryMatched> matches) {
        Scope scope = Scope.ofPublic(AdvisoryRepository.packageOf(advisory));
        if (!downloads.isFetched(scope)) {
            return Optional.empty();
        }
        EvaluatedAdvisory evaluated = matching.evaluate(advisory);
        long start = nanoTime.getAsLong();
        forgetOld(start);
        AudienceSearch search = searchOf.apply(scope);
        int room = MAX_MATCH_BYTES - codec.encode(evaluated.advisory()).length;
        String after = afterAudience;
        while (true) {
            while (!search.step(evaluated)) {
                if (hasRoom() && isOver(start)) {
                    keep.accept(search);
                    return Optional.of(after);
                }
            }
            SortedMap<String, List<Fetched>> audiences = search.found(after);
            for (var each : audiences.entrySet()) {
                after = each.getKey();
                tell(evaluated, scope, after, each.getValue(), search.countsUntil(), room, matches);
                boolean more = !search.isLast() || !after.equals(audiences.lastKey());
                if (more && isOver(start)) {
                    keep.accept(search);
                    return Optional.of(after);
                }
            }
            if (search.isLast()) {
                return Optional.empty();
            }
            search.next(after);
        }
    }

    private record Scanned(AdvisoryAccepted advisory, Instant startedAt) {}

    private record Kept(AudienceSearch search, long atNanos) {}

    private AudienceSearch searchOf(Scanned scanned, Scope scope, String after) {
        Kept kept = searches.remove(scanned);
        return kept != null && kept.search().covers(after)
                ? kept.search()
                : new AudienceSearch(downloads, scope, after);
    }

    private boolean hasRoom() {
        return searches.size() < KEPT_SEARCHES;
    }

    private void keep(Scanned scanned, AudienceSearch search) {
        if (hasRoom()) {
            searches.put(scanned, new Kept(search, nanoTime.getAsLong()));
        }
    }

    /** Of scans that were replaced, or came to their end elsewhere. */
    private void forgetOld(long now) {
        searches.values().removeIf(kept -> now - kept.atNanos() > KEPT_FOR.toNanos());
    }

    private boolean isOver(long start) {
        return nanoTime.getAsLong() - start >= budget.toNanos();
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
        if (newest.nextOlderAt().isPresent()) {
            List<Fetched> added = fetched.stream()
                    .filter(each -> evaluated.isAdded(each.version()))
                    .toList();
            // A match that is full may hold nothing but what was told of the revision before: then what this one added
            // is told
            // of in one of its own, and before it: what is new is not to be taken for more of what is known by then.
            if (added.size() < fetched.size()) {
                Matches.ofAdded(evaluated, audience, newest(scope, audience, added, countsUntil, room))
                        .ifPresent(matches);
            }
        }
        Matches.ofScan(evaluated, audience, newest).ifPresent(matches);
    }

    /** Those fetched last come first, so that few rows of the others are read. */
    private NewestDownloads newest(
            Scope scope, String audience, List<Fetched> fetched, Map<String, Instant> countsUntil, int room) {
        NewestDownloads.Gathering newest = NewestDownloads.gather(
                row -> matching.counts(row, countsUntil.getOrDefault(row.getVersion(), Instant.MIN)));
        fetched.stream().sorted(Fetched.LAST_FIRST).forEach(each -> {
            try (Rows<AffectedDownload> rows = downloads.downloads(scope, each.version(), audience)) {
                newest.add(rows);
            }
            downloads
                    .trimmed(scope, each.version(), audience)
                    .flatMap(span -> span.newestUpTo(countsUntil.getOrDefault(each.version(), Instant.MIN)))
                    .ifPresent(newest::leftOut);
        });
        return newest.within(room);
    }
}
