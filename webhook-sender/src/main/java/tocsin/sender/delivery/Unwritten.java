package tocsin.sender.delivery;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import tocsin.engine.Delivery;

/**
 * Attempts that were made and could not be written down yet. The engine calls again for the same delivery as long as it wants an answer; what it lets
 * go of is forgotten with it.
 */
final class Unwritten {

    /** Weak: none of these refers to the delivery that it is kept for. */
    private final Map<Delivery, Made> made = Collections.synchronizedMap(new WeakHashMap<>());

    /** @param isJudged whether it has been counted for or against its endpoint */
    record Made(Concluding.Attempt attempt, boolean isJudged) {}

    void put(Delivery delivery, Made unwritten) {
        made.put(delivery, unwritten);
    }

    Optional<Made> take(Delivery delivery) {
        return made.isEmpty() ? Optional.empty() : Optional.ofNullable(made.remove(delivery));
    }
}
