package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.TakeBackRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/** Looks for incidents that are withdrawn as a whole and tells all who were told of them. Instances that look at the same time tell nothing twice. */
@Singleton
final class TakeBackProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(TakeBackProcessor.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** What fails by our fault fails again: it is not worth a look twice a second. */
    private static final Duration LONG_PAUSE = Duration.ofMinutes(1);

    private static final int PAGE = 200;

    private final TakeBackRepository waiting;
    private final OthersTold others;
    private final TokenDirectory tokens;
    private final WorkerThread worker = new WorkerThread("take-backs", this::run);

    TakeBackProcessor(TakeBackRepository waiting, OthersTold others, TokenDirectory tokens) {
        this.waiting = waiting;
        this.others = others;
        this.tokens = tokens;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        Duration pause = PAUSE;
        while (!worker.pause(pause)) {
            // A token that we have not read of yet would look like one without an address.
            pause = tokens.awaitLoaded(Duration.ZERO) ? round() : PAUSE;
        }
    }

    /** @return how long to wait for the next */
    private Duration round() {
        boolean failed = false;
        try {
            List<UUID> page = waiting.waiting(Optional.empty(), PAGE);
            while (!page.isEmpty() && !worker.isStopping()) {
                for (UUID incident : page) {
                    failed |= !takeBack(incident);
                }
                page = waiting.waiting(Optional.of(page.getLast()), PAGE);
            }
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("take-back.interrupted");
        }
        return failed ? LONG_PAUSE : PAUSE;
    }

    /** @return false if something is wrong with it, which stays for a person to look at and holds up nobody else */
    private boolean takeBack(UUID incident) {
        boolean failed = false;
        try {
            Optional<TakeBackRepository.Due> due = waiting.find(incident);
            List<Audience> page = due.isEmpty() ? List.of() : waiting.told(incident, "", PAGE);
            while (!page.isEmpty() && !worker.isStopping()) {
                for (Audience audience : page) {
                    failed |= !takeBack(due.orElseThrow(), audience);
                }
                page = waiting.told(incident, page.getLast().text(), PAGE);
            }
            others.end(incident);
        } catch (RuntimeException e) {
            failed = isFault(e, incident);
        }
        return !failed;
    }

    private boolean takeBack(TakeBackRepository.Due due, Audience audience) {
        try {
            others.takeBack(due, audience);
            return true;
        } catch (RuntimeException e) {
            return !isFault(e, due.incident());
        }
    }

    /** @throws RuntimeException the same, if the database is away */
    private static boolean isFault(RuntimeException e, UUID incident) {
        if (SqlClient.isOutage(e)) {
            throw e;
        }
        LOG.atError().setCause(e).addKeyValue("incidentId", incident).log("take-back.failed");
        return true;
    }

    @Override
    public Optional<String> whyDead() {
        return worker.whyDead();
    }

    @Override
    public void close() {
        worker.close();
    }
}
