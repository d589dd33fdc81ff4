package tocsin.dispatcher.incident;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.Audience;

/**
 * One advisory revision met one audience.
 *
 * @param downloads newest first
 * @param nextOlderAt when the newest download that is left out was fetched
 * @param fetchedVersions affected versions that the audience fetched, those of downloads left out included
 * @param late of downloads that arrived after the advisory
 */
public record Match(
        UUID id,
        Audience audience,
        Advisory advisory,
        List<Download> downloads,
        Optional<Instant> nextOlderAt,
        List<String> fetchedVersions,
        boolean late) {

    /** A match has at most so many downloads, and so has a notice. */
    public static final int MAX_DOWNLOADS = 1000;

    /**
     * Late downloads that waited for each other, as one match with the first one's id; the advisory is the newest revision among them.
     *
     * @param matches at least one, of one audience
     */
    public static Match together(List<Match> matches) {
        Match first = matches.getFirst();
        Map<String, Download> byId = new LinkedHashMap<>();
        matches.forEach(match -> match.downloads.forEach(it -> byId.putIfAbsent(it.eventId(), it)));
        List<Download> all = byId.values().stream()
                .sorted(Comparator.comparing(Download::fetchedAt).reversed().thenComparing(Download::eventId))
                .toList();
        Match newest = Collections.max(matches, Comparator.comparing(it -> it.advisory.revision()));
        return new Match(
                first.id,
                first.audience,
                newest.advisory,
                all.subList(0, Math.min(MAX_DOWNLOADS, all.size())),
                all.stream().skip(MAX_DOWNLOADS).findFirst().map(Download::fetchedAt),
                matches.stream()
                        .flatMap(match -> match.fetchedVersions.stream())
                        .distinct()
                        .toList(),
                true);
    }

    /** @throws IllegalArgumentException if there are too many downloads or they are not newest first */
    public Match {
        downloads = List.copyOf(downloads);
        fetchedVersions = List.copyOf(fetchedVersions);
        if (downloads.size() > MAX_DOWNLOADS) {
            throw new IllegalArgumentException("a match has at most " + MAX_DOWNLOADS + " downloads");
        }
        for (int i = 1; i < downloads.size(); i++) {
            if (downloads.get(i).fetchedAt().isAfter(downloads.get(i - 1).fetchedAt())) {
                throw new IllegalArgumentException("the downloads of a match are not newest first");
            }
        }
    }
}
