package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.service.BackgroundWork;

/** Looks several times a second for late downloads that waited long enough. Instances that look at the same time tell nothing twice. */
@Singleton
final class LateProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(LateProcessor.class);
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    private static final long MILLIS_BETWEEN = 250;
    private static final int AT_ONCE = 200;

    private final LateRepository late;
    private final MatchDispatch dispatch;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("late-downloads").unstarted(this::run);

    LateProcessor(LateRepository late, MatchDispatch dispatch, Clock clock) {
        this.late = late;
        this.dispatch = dispatch;
        this.clock = clock;
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            boolean more = false;
            while (stop.getCount() > 0 && (more || !stop.await(MILLIS_BETWEEN, TimeUnit.MILLISECONDS))) {
                more = tellAll();
            }
        } catch (InterruptedException _) {
            // Only close() interrupts this thread.
            LOG.atInfo().log("late.interrupted");
        }
    }

    /** @return whether there may be more */
    private boolean tellAll() {
        try {
            List<LateRepository.Due> due = late.due(clock.instant(), AT_ONCE);
            int failed = 0;
            for (LateRepository.Due one : due) {
                failed += tell(one) ? 0 : 1;
            }
            return due.size() == AT_ONCE && failed == 0;
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("late.failed");
            return false;
        }
    }

    /** One that fails stays where it is and does not hold up the others. */
    private boolean tell(LateRepository.Due due) {
        try {
            dispatch.followUp(due);
            return true;
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("incidentId", due.incident()).log("late.failed");
            return false;
        }
    }

    @Override
    public void close() {
        stop.countDown();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(FAREWELL)) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
