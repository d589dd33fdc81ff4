package tocsin.matcher.feed;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which caller may speak as which feed. A feed may revise and withdraw what was published under its name, so no name is anybody's who holds some
 * feed's token: unless operators say otherwise, it is his whose token's subject it is.
 */
final class FeedSubjects {

    private final Map<String, Set<String>> subjects = new HashMap<>();

    /**
     * @param entries each {@code name=subject}; a name that comes several times has several subjects
     * @throws IllegalArgumentException for an entry of another form
     */
    FeedSubjects(Collection<String> entries) {
        for (String entry : entries) {
            // A subject may hold such a sign itself; no feed's name does.
            String[] parts = entry.split("=", 2);
            String feed = parts[0].strip();
            String subject = parts.length == 2 ? parts[1].strip() : "";
            if (!PublishedAdvisory.isFeed(feed) || subject.isEmpty()) {
                throw new IllegalArgumentException("tocsin.feeds.subjects has an entry that is not name=subject");
            }
            subjects.computeIfAbsent(feed, _ -> new HashSet<>()).add(subject);
        }
    }

    boolean maySpeakAs(String feed, String subject) {
        return subjects.getOrDefault(feed, Set.of(feed)).contains(subject);
    }
}
