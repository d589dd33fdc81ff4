package tocsin.matcher.feed;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Some of what is or was held. Public for the framework, which makes JSON of it.
 *
 * @param count of all that were asked for
 * @param advisories those that have waited longest, at most {@value #MAX}
 */
public record HeldAdvisories(
        int count, @JsonProperty("advisories") List<HeldAdvisory> advisories) {

    static final int MAX = 1000;

    public HeldAdvisories {
        advisories = List.copyOf(advisories);
    }

    static HeldAdvisories of(Collection<HeldAdvisory> found) {
        return new HeldAdvisories(
                found.size(),
                found.stream()
                        .sorted(Comparator.comparing(HeldAdvisory::heldAt).thenComparing(HeldAdvisory::holdId))
                        .limit(MAX)
                        .toList());
    }
}
