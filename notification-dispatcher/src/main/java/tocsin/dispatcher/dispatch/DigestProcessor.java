package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/** Looks each second for mails that waited for each other long enough. Instances that look at the same time send nothing twice. */
@Singleton
final class DigestProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(DigestProcessor.class);
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    /** What fails by our fault fails again; a person is told of it each time. */
    private static final Duration AFTER_A_FAULT = Duration.ofMinutes(5);

    private static final int AT_ONCE = 100;

    private final CampaignRepository campaigns;
    private final Digests digests;
    private final TokenDirectory tokens;
    private final Clock clock;
    private final WorkerThread worker = new WorkerThread("digests", this::run);

    DigestProcessor(CampaignRepository campaigns, Digests digests, TokenDirectory tokens, Clock clock) {
        this.campaigns = campaigns;
        this.digests = digests;
        this.tokens = tokens;
        this.clock = clock;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        while (!worker.pause(BETWEEN)) {
            // A token that we have not read of yet would look like one without an address.
            if (tokens.awaitLoaded(Duration.ZERO)) {
                sendAll();
            }
        }
    }

    private void sendAll() {
        try {
            List<Audience> due = campaigns.due(clock.instant(), AT_ONCE);
            while (!due.isEmpty() && !worker.isStopping()) {
                due.forEach(this::send);
                due = campaigns.due(clock.instant(), AT_ONCE);
            }
        } catch (RuntimeException e) {
            // The database is away: all that is left waits on.
            LOG.atWarn().setCause(e).log("digest.interrupted");
        }
    }

    private void send(Audience audience) {
        try {
            digests.send(audience);
        } catch (RuntimeException e) {
            if (SqlClient.isOutage(e)) {
                throw e;
            }
            LOG.atError().setCause(e).log("digest.failed");
            campaigns.postpone(audience, clock.instant().plus(AFTER_A_FAULT));
        }
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
