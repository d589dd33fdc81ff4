package tocsin.local.osv;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What became of the records of one import. Used by one thread, but for {@link #acknowledged()}. */
final class ImportTally {

    private static final int EXAMPLES = 3;

    private final Map<String, Refusals> refusals = new LinkedHashMap<>();
    private final java.util.concurrent.atomic.AtomicLong acknowledged = new java.util.concurrent.atomic.AtomicLong();

    /** The broker has one more. */
    void acknowledged() {
        acknowledged.incrementAndGet();
    }

    void refused(String origin, String reason) {
        refusals.computeIfAbsent(reason, _ -> new Refusals()).add(origin);
    }

    long published() {
        return acknowledged.get();
    }

    long refused() {
        return refusals.values().stream().mapToLong(refusal -> refusal.count).sum();
    }

    /** One line to watch. */
    String progress(Duration took) {
        return String.format(
                Locale.ROOT, "%,d published, %,d refused, %,d a second", published(), refused(), rate(took));
    }

    /** What there is to know at the end: the totals, then each reason with its count and the first origins. */
    List<String> summary(Duration took) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d published and %,d refused in %.1f s (%,d a second)",
                published(),
                refused(),
                took.toMillis() / 1000.0,
                rate(took)));
        refusals.forEach((reason, refusal) -> lines.add(refusal.line(reason)));
        return List.copyOf(lines);
    }

    private long rate(Duration took) {
        return published() * 1000 / Math.max(1, took.toMillis());
    }

    private static final class Refusals {
        private long count;
        private final List<String> examples = new ArrayList<>();

        void add(String origin) {
            count++;
            if (examples.size() < EXAMPLES) {
                examples.add(origin);
            }
        }

        String line(String reason) {
            String more = count > examples.size() ? ", …" : "";
            return String.format(Locale.ROOT, "  %,d %s: %s%s", count, reason, String.join(", ", examples), more);
        }
    }
}
