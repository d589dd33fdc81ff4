package tocsin.service.tracing;

import java.util.Optional;

/** Tells nobody: what is sent has the cause of what was read. */
enum PassingOn implements Tracing {
    INSTANCE;

    @Override
    public <T, X extends Throwable> T call(
            String name, Optional<TraceParent> cause, ScopedValue.CallableOp<? extends T, X> work) throws X {
        return cause.isEmpty()
                ? work.call()
                : ScopedValue.where(Step.CURRENT, new Step.Unseen(cause.get())).call(work);
    }

    @Override
    public void run(String name, Optional<TraceParent> cause, Runnable work) {
        if (cause.isEmpty()) {
            work.run();
        } else {
            ScopedValue.where(Step.CURRENT, new Step.Unseen(cause.get())).run(work);
        }
    }

    @Override
    public void runQuietly(String name, Optional<TraceParent> cause, Runnable work) {
        run(name, cause, work);
    }

    @Override
    public void close() {}
}
