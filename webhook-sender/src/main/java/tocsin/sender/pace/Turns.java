package tocsin.sender.pace;

import java.time.Instant;
import java.util.List;

/**
 * What some attempts got that asked together.
 *
 * @param granted how many may go now
 * @param later when the others are to ask again, at the earliest; one for each
 * @param maxPerSecond the limit that they met
 */
public record Turns(int granted, List<Instant> later, int maxPerSecond) {

    public Turns {
        later = List.copyOf(later);
    }
}
