package tocsin.dispatcher.incident;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Late downloads of one advisory that waited for each other, as one match with the first one's id and the newest revision among them. However many are
 * added, it holds no more downloads than a match has, the newest, and one revision.
 */
public final class Gathering {

    private static final Comparator<Download> NEWEST_FIRST =
            Comparator.comparing(Download::fetchedAt).reversed().thenComparing(Download::eventId);

    private final Map<String, Download> byId = new HashMap<>();
    private final TreeSet<Download> newestFirst = new TreeSet<>(NEWEST_FIRST);
    private final Set<String> fetchedVersions = new LinkedHashSet<>();
    private Optional<Instant> nextOlderAt = Optional.empty();
    private @Nullable Match first;
    private @Nullable Advisory newest;

    /** @param match of the same audience and advisory as the others */
    public void add(Match match) {
        if (first == null) {
            first = match;
        }
        if (newest == null || match.advisory().revision().isAfter(newest.revision())) {
            newest = match.advisory();
        }
        fetchedVersions.addAll(match.fetchedVersions());
        match.downloads().forEach(this::add);
    }

    private void add(Download download) {
        if (byId.putIfAbsent(download.eventId(), download) == null) {
            newestFirst.add(download);
        }
        if (newestFirst.size() > Match.MAX_DOWNLOADS) {
            Download oldest = newestFirst.removeLast();
            byId.remove(oldest.eventId());
            nextOlderAt =
                    nextOlderAt.filter(at -> at.isAfter(oldest.fetchedAt())).or(() -> Optional.of(oldest.fetchedAt()));
        }
    }

    /** How many downloads it holds. */
    int held() {
        return byId.size();
    }

    /** @throws IllegalStateException if none was added */
    public Match match() {
        if (first == null || newest == null) {
            throw new IllegalStateException("nothing waited");
        }
        return new Match(
                // The first was of the same audience as all; its other facts are the gathering's.
                first.id(),
                first.audience(),
                newest,
                List.copyOf(newestFirst),
                nextOlderAt,
                List.copyOf(fetchedVersions),
                true);
    }
}
