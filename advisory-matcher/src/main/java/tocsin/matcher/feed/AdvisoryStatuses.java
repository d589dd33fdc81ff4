package tocsin.matcher.feed;

import java.util.Optional;
import java.util.function.Predicate;
import tocsin.service.http.Problem;

/** What became of advisories, as far as this instance has read it. */
public interface AdvisoryStatuses {

    /**
     * @param feeds of which feeds' advisories the caller may know
     * @return empty if there is none of these
     * @throws Problem 503 while the instance cannot tell
     */
    Optional<AdvisoryReport> find(String advisoryId, Predicate<String> feeds);
}
