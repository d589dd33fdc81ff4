package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A bulkhead to which nothing happens but what a test says. Items are named by their key and a number, a1 and a2; an r in front makes a retry. A key of two
 * letters has an owner: Aa is the key a of A.
 */
final class ScriptedBulkhead {

    private static final Pattern NAME = Pattern.compile("(?<retry>r)?(?<key>[A-Za-z]+)\\d");

    private final KeyedBulkhead<String> bulkhead;
    private final List<String> started = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();

    private ScriptedBulkhead(EngineConfig.Limits limits) {
        bulkhead = new KeyedBulkhead<>(limits, Duration.ofSeconds(1), nanos::get, started::add);
    }

    /** In which a line that is too long may take a second. */
    static ScriptedBulkhead of(int inFlight, int perKey, int queue, double firstAttemptShare) {
        return new ScriptedBulkhead(
                new EngineConfig.Limits(100, 1_000_000, inFlight, perKey, queue, firstAttemptShare));
    }

    void admit(String... items) {
        for (String item : items) {
            assertTrue(takes(item), item);
        }
    }

    boolean takes(String item) {
        Matcher name = NAME.matcher(item);
        assertTrue(name.lookingAt(), item);
        String key = name.group("key");
        String owner = key.length() > 1 ? key.substring(0, 1) : "";
        return bulkhead.admit(key, owner, name.group("retry") != null, item);
    }

    /** One first attempt of the key. */
    void ends(String key) {
        bulkhead.release(key, false, false);
    }

    /** One first attempt of the key. */
    void fails(String key) {
        bulkhead.release(key, false, true);
    }

    void retryEnds(String key) {
        bulkhead.release(key, true, false);
    }

    void passes(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    List<String> takeSurplus() {
        return bulkhead.takeSurplus();
    }

    void withdraw(Predicate<String> gone) {
        bulkhead.withdraw(gone);
    }

    /** Since the beginning, in this order. */
    List<String> started() {
        return List.copyOf(started);
    }

    int running() {
        return bulkhead.running();
    }

    int waiting() {
        return bulkhead.waiting();
    }
}
