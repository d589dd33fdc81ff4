package tocsin.tracker.intake;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers so many; forgets what was asked for longest ago. */
final class Newest<V> extends LinkedHashMap<Integer, V> {

    private static final long serialVersionUID = 1L;

    private final int atMost;

    Newest(int atMost) {
        super(16, 0.75f, true);
        this.atMost = atMost;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Integer, V> eldest) {
        return size() > atMost;
    }
}
