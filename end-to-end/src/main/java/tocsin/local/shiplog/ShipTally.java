package tocsin.local.shiplog;

import java.util.Map;
import java.util.TreeMap;

/** What became of lines. Used by one thread. */
final class ShipTally {

    private long shipped;
    private long ignored;
    private long bad;
    /** Reasons are ours and few. */
    private final Map<String, Long> reasons = new TreeMap<>();

    void shipped(int requests) {
        shipped += requests;
    }

    void ignored() {
        ignored++;
    }

    /** @return whether it is time to tell of bad lines: at the first, the tenth, the hundredth … */
    boolean bad(String reason) {
        bad++;
        reasons.merge(reason, 1L, Long::sum);
        return Long.toString(bad).matches("10*");
    }

    long badLines() {
        return bad;
    }

    String summary() {
        return "Shipped " + shipped + " requests; ignored " + ignored + " lines of no answer; bad lines: " + bad
                + (reasons.isEmpty() ? "" : " " + reasons) + ".";
    }
}
