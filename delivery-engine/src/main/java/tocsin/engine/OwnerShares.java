package tocsin.engine;

import java.util.HashMap;
import java.util.Map;

/** How many places each owner has, and whether it may have another: only while it has fewer than are free, so that whoever comes next finds some. */
final class OwnerShares {

    private final int places;
    private final Map<String, Integer> byOwner = new HashMap<>();
    private int taken;

    OwnerShares(int places) {
        this.places = places;
    }

    /** @param owner empty: nobody in particular, who is not bound */
    boolean isAtShare(String owner) {
        return !owner.isEmpty() && byOwner.getOrDefault(owner, 0) >= Math.max(1, places - taken);
    }

    int taken() {
        return taken;
    }

    void take(String owner) {
        taken++;
        byOwner.merge(owner, 1, Integer::sum);
    }

    void give(String owner) {
        taken--;
        byOwner.computeIfPresent(owner, (_, had) -> had == 1 ? null : had - 1);
    }
}
