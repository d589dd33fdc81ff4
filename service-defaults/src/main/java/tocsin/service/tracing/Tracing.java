package tocsin.service.tracing;

import java.util.Optional;

/**
 * Does work as a step of the trace that its cause belongs to, so that what is sent meanwhile names this step as its own cause. Where nobody is told
 * of traces, which is the default, the cause itself is passed on. Safe for use by many threads.
 */
public interface Tracing extends AutoCloseable {

    /**
     * @param name of the step, the same each time: {@code match.dispatch}
     * @param cause of the work; empty: a trace begins here
     * @throws X what the work throws; the step is told as failed then
     */
    <T, X extends Throwable> T call(
            String name, Optional<TraceParent> cause, ScopedValue.CallableOp<? extends T, X> work) throws X;

    /** As {@link #call}. */
    void run(String name, Optional<TraceParent> cause, Runnable work);

    /** As {@link #run}, for work that nearly always comes to nothing: the step is told only if it sent something or failed. */
    void runQuietly(String name, Optional<TraceParent> cause, Runnable work);

    /** What is to be sent was caused here. @return empty outside a step, and in one that neither has a cause nor is told */
    static Optional<TraceParent> current() {
        return Step.CURRENT.isBound() ? Optional.of(Step.CURRENT.get().traceParent()) : Optional.empty();
    }

    /**
     * Adds to the current step, if there is one.
     *
     * @param value an id, a number, a word: nothing that is a secret or says who somebody is
     */
    static void note(String key, String value) {
        if (Step.CURRENT.isBound()) {
            Step.CURRENT.get().note(key, value);
        }
    }

    /** Nobody is told. */
    static Tracing off() {
        return PassingOn.INSTANCE;
    }

    /** What was not told yet is told, for some seconds at most. */
    @Override
    void close();
}
