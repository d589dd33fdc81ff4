package tocsin.dispatcher.dispatch;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.store.SqlClient;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/**
 * Looks from time to time for what is due and does it. While the database is away all of it waits. What can fail by a fault of ours alone goes through
 * {@link #faultOf}, and whoever asks puts it where it holds up nobody; what does not is tried again at the next look. Instances that look at the same
 * time must do nothing twice.
 */
abstract class DueProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(DueProcessor.class);

    private final String name;
    private final Duration between;
    private final WorkerThread worker;

    /**
     * @param name of what it does, for people
     * @param between from the end of a look that left nothing to the next
     */
    DueProcessor(String name, Duration between) {
        this.name = name;
        this.between = between;
        this.worker = new WorkerThread(name, this::run);
    }

    /** Whether what must be known for a decision is; if not, it is asked again at the next look. */
    abstract boolean isReady() throws InterruptedException;

    /**
     * As much as is done at once.
     *
     * @return whether there may be more that can be done now
     * @throws RuntimeException if nothing can be done now; all that is left waits for the next look
     */
    abstract boolean doDue() throws InterruptedException;

    @Override
    public final void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        boolean more = false;
        while (!worker.isStopping() && (more || !worker.pause(between))) {
            more = look();
        }
    }

    /** @return whether there may be more that can be done now */
    final boolean look() throws InterruptedException {
        if (!isReady()) {
            return false;
        }
        try {
            return doDue();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).addKeyValue("work", name).log("due.interrupted");
            return false;
        }
    }

    final boolean isStopping() {
        return worker.isStopping();
    }

    /**
     * Does what others need not wait for.
     *
     * @param incident that it is about, for whoever looks into it
     * @return the fault, for people, if it failed by one of ours: it would fail again
     * @throws RuntimeException if the database is away
     */
    final Optional<String> faultOf(Optional<UUID> incident, Runnable work) {
        try {
            work.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            if (SqlClient.isOutage(e)) {
                throw e;
            }
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("work", name)
                    .addKeyValue("incidentId", incident.map(UUID::toString).orElse("none"))
                    .log("due.failed");
            return Optional.of(e.getClass().getSimpleName());
        }
    }

    @Override
    public final Optional<String> whyDead() {
        return worker.whyDead();
    }

    @Override
    public final void close() {
        worker.close();
    }
}
