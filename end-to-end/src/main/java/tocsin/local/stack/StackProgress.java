package tocsin.local.stack;

import java.time.Duration;

/** Hears of a stack's parts as they start and stop; called by several threads, one at a time. */
@FunctionalInterface
public interface StackProgress {

    /** @param what one line, for the person who waits */
    void happened(String what, Duration sinceStart);

    /** Tells nobody. */
    static StackProgress quiet() {
        return (_, _) -> {};
    }
}
