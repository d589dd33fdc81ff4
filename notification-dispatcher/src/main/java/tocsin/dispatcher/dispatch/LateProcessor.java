package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.Topics;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

/**
 * Looks several times a second for late downloads that waited long enough. Instances that look at the same time tell nothing twice. What cannot be told
 * goes to quarantine, so that it holds up nobody; while the database is away, all of it waits.
 */
@Singleton
final class LateProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(LateProcessor.class);
    private static final Duration CATCH_UP = Duration.ofSeconds(3);
    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final int AT_ONCE = 200;

    private final LateRepository late;
    private final FollowUps followUps;
    private final TokenDirectory tokens;
    private final EndpointDirectory endpoints;
    private final KafkaClients clients;
    private final Quarantine quarantine;
    private final Clock clock;
    private final WorkerThread worker = new WorkerThread("late-downloads", this::run);

    LateProcessor(
            LateRepository late,
            FollowUps followUps,
            TokenDirectory tokens,
            EndpointDirectory endpoints,
            KafkaClients clients,
            Quarantine quarantine,
            Clock clock) {
        this.late = late;
        this.followUps = followUps;
        this.tokens = tokens;
        this.endpoints = endpoints;
        this.clients = clients;
        this.quarantine = quarantine;
        this.clock = clock;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        boolean more = false;
        while (!worker.isStopping() && (more || !worker.pause(BETWEEN))) {
            more = tellAll();
        }
    }

    /** @return whether there may be more */
    boolean tellAll() throws InterruptedException {
        // A token that we have not read of yet would look like one that nobody registered, and its row would be closed
        // for good; nor would we know in which form an endpoint wants it.
        if (!tokens.awaitLoaded(Duration.ZERO) || !endpoints.awaitLoaded(Duration.ZERO)) {
            return false;
        }
        try {
            List<LateRepository.Due> due = late.due(clock.instant(), AT_ONCE);
            int left = 0;
            for (LateRepository.Due one : due) {
                if (isKnownWhetherRegistered(one.audience())) {
                    tell(one);
                } else {
                    left++;
                }
            }
            return due.size() == AT_ONCE && left == 0;
        } catch (RuntimeException e) {
            // The database is away, or the quarantine is: all that is left waits on.
            LOG.atWarn().setCause(e).log("late.interrupted");
            return false;
        }
    }

    private boolean isKnownWhetherRegistered(Audience audience) throws InterruptedException {
        return switch (audience) {
            case Audience.Organisation _ -> true;
            case Audience.Token(String token) -> tokens.has(token) || tokens.awaitCaughtUp(CATCH_UP);
        };
    }

    private void tell(LateRepository.Due due) {
        try {
            followUps.tell(due);
        } catch (RuntimeException e) {
            if (SqlClient.isOutage(e)) {
                throw e;
            }
            // A fault of ours that these bring out: if they stayed, enough of them would stop all others.
            LOG.atError().setCause(e).addKeyValue("incidentId", due.incident()).log("late.failed");
            String reason = "telling late downloads failed: " + e.getClass().getSimpleName();
            late.setAside(due, waiting -> quarantine.put(bad(due, waiting), reason));
        }
    }

    /** As it came in {@code advisory.matched}, so that whoever sends it there again has it told. */
    private BadRecord bad(LateRepository.Due due, LateRepository.Waiting waiting) {
        return new BadRecord(
                clients.topic(Topics.ADVISORY_MATCHED.name()),
                waiting.origin().partition(),
                waiting.origin().offset(),
                due.audience().text().getBytes(UTF_8),
                waiting.bytes(),
                new RecordHeaders());
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
