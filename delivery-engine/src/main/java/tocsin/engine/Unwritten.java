package tocsin.engine;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/**
 * For a handler: what came of attempts that were made and could not be written down yet. The engine calls again for the same delivery as long as it wants an
 * answer; what it lets go of is forgotten with it.
 *
 * @param <T> what came of one; must not refer to its delivery
 */
public final class Unwritten<T> {

    private final Map<Delivery, T> made = Collections.synchronizedMap(new WeakHashMap<>());

    public void put(Delivery delivery, T what) {
        made.put(delivery, what);
    }

    /** @return once; empty where nothing was made, or it was written */
    public Optional<T> take(Delivery delivery) {
        return made.isEmpty() ? Optional.empty() : Optional.ofNullable(made.remove(delivery));
    }
}
