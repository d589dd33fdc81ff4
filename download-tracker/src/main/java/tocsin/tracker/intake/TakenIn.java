package tocsin.tracker.intake;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What became of a body's events. Public for the framework, which makes JSON of it.
 *
 * @param accepted how many the broker has
 * @param refusedCount how many were not taken, whatever their number
 * @param refused the first 100 of these
 */
public record TakenIn(
        long accepted, @JsonProperty("refused_count") long refusedCount, List<RefusedEvent> refused) {

    static final int MAX_LISTED = 100;

    public TakenIn {
        refused = List.copyOf(refused);
    }

    /**
     * @param index in the body, from 0; blank lines do not count
     * @param reason for people; does not repeat what was sent
     */
    public record RefusedEvent(long index, String reason) {}
}
