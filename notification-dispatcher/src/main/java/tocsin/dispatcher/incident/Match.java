package tocsin.dispatcher.incident;

import java.time.Instant;
import java.util.List;
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
