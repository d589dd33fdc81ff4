package tocsin.matcher.topology;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tocsin.matcher.match.EvaluatedAdvisory;
import tocsin.matcher.topology.DownloadRepository.Rows;

/**
 * Finds who fetched what an advisory affects, some hundred audiences at a time, in steps: a package may have very many versions, which anybody can
 * make up. What comes to be stored meanwhile need not be found: it meets the advisory when it comes. Used by its stream thread alone.
 */
final class AudienceSearch {

    /** Audiences that are found at once. */
    private static final int WINDOW = 256;

    /** Versions that are looked at in one step. */
    private static final int STEP = 256;

    private final DownloadRepository downloads;
    private final Scope scope;
    private final Map<String, Instant> countsUntil = new HashMap<>();
    private final List<String> affected = new ArrayList<>();
    private Optional<String> lastVersion = Optional.empty();
    private boolean knowsVersions;
    private String begin;
    private int nextVersion;
    private TreeMap<String, List<Fetched>> window = new TreeMap<>();

    /** @param last when the audience fetched it last */
    record Fetched(String version, Instant last) {

        static final Comparator<Fetched> LAST_FIRST =
                Comparator.comparing(Fetched::last).reversed();
    }

    /** @param after only audiences after this one; empty: all */
    AudienceSearch(DownloadRepository downloads, Scope scope, String after) {
        this.downloads = downloads;
        this.scope = scope;
        this.begin = after;
    }

    /** Whether what it finds, or has found, leaves out nobody after the audience. */
    boolean covers(String after) {
        return after.compareTo(begin) >= 0;
    }

    /** @return whether the next audiences are found. */
    boolean step(EvaluatedAdvisory evaluated) {
        if (!knowsVersions) {
            List<String> versions = downloads.versions(scope, lastVersion, STEP);
            for (String version : versions) {
                evaluated.countsUntil(version).ifPresent(until -> {
                    countsUntil.put(version, until);
                    affected.add(version);
                });
            }
            knowsVersions = versions.size() < STEP;
            if (!knowsVersions) {
                lastVersion = Optional.of(versions.getLast());
                return false;
            }
        }
        int end = Math.min(nextVersion + STEP, affected.size());
        affected.subList(nextVersion, end).forEach(this::addAudiences);
        nextVersion = end;
        return nextVersion == affected.size();
    }

    /** One iterator is open at a time: each holds files and memory of the store. */
    private void addAudiences(String version) {
        try (Rows<DownloadRepository.Fetch> rows = downloads.audiences(scope, version, begin)) {
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

    /** The audiences found, in their order, with the affected versions that each fetched. */
    SortedMap<String, List<Fetched>> found(String after) {
        return window.tailMap(after, false);
    }

    /** Whether nobody comes after those that were found. */
    boolean isLast() {
        return window.size() < WINDOW;
    }

    /** Begins to find those after the audience. */
    void next(String after) {
        begin = after;
        nextVersion = 0;
        window = new TreeMap<>();
    }

    /** The last instant at which a download of an affected version counts. */
    Map<String, Instant> countsUntil() {
        return countsUntil;
    }
}
