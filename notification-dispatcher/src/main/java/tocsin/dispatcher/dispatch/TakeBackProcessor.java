package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.MatchWriter;
import tocsin.dispatcher.incident.TakeBackRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.Topics;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;
import tocsin.service.kafka.BadRecord;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;

/**
 * Looks for incidents that are withdrawn as a whole and tells all who were told of them. Instances that look at the same time tell nothing twice. From whom it
 * cannot be taken back, by a fault of ours, goes to quarantine, so that it holds up nobody; while the database is away, all of it waits.
 */
@Singleton
final class TakeBackProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(TakeBackProcessor.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int PAGE = 200;
    /** What comes from no record. */
    private static final int NOWHERE = -1;

    private final TakeBackRepository waiting;
    private final OthersTold others;
    private final TokenDirectory tokens;
    private final KafkaClients clients;
    private final Quarantine quarantine;
    private final WorkerThread worker = new WorkerThread("take-backs", this::run);

    TakeBackProcessor(
            TakeBackRepository waiting,
            OthersTold others,
            TokenDirectory tokens,
            KafkaClients clients,
            Quarantine quarantine) {
        this.waiting = waiting;
        this.others = others;
        this.tokens = tokens;
        this.clients = clients;
        this.quarantine = quarantine;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        while (!worker.pause(PAUSE)) {
            // A token that we have not read of yet would look like one without an address.
            if (tokens.awaitLoaded(Duration.ZERO)) {
                round();
            }
        }
    }

    private void round() {
        try {
            List<UUID> page = waiting.waiting(Optional.empty(), PAGE);
            while (!page.isEmpty() && !worker.isStopping()) {
                page.forEach(this::takeBack);
                page = waiting.waiting(Optional.of(page.getLast()), PAGE);
            }
        } catch (RuntimeException e) {
            // The database is away, or the quarantine is: all that is left waits on.
            LOG.atWarn().setCause(e).log("take-back.interrupted");
        }
    }

    private void takeBack(UUID incident) {
        find(incident).ifPresent(this::takeBack);
    }

    private Optional<TakeBackRepository.Due> find(UUID incident) {
        try {
            return waiting.find(incident);
        } catch (RuntimeException e) {
            String reason = faultOf(e, incident);
            // Nothing that could be sent again.
            quarantine.put(bad(new byte[0], new byte[0]), reason);
            waiting.remove(incident);
            return Optional.empty();
        }
    }

    private void takeBack(TakeBackRepository.Due due) {
        Set<String> aside = new HashSet<>();
        List<Audience> page = waiting.told(due.incident(), "", PAGE);
        while (!page.isEmpty() && !worker.isStopping()) {
            for (Audience audience : page) {
                if (!takeBack(due, audience)) {
                    aside.add(audience.text());
                }
            }
            page = waiting.told(due.incident(), page.getLast().text(), PAGE);
        }
        if (!worker.isStopping()) {
            others.end(due.incident(), aside);
        }
    }

    /** @return false if something is wrong with it, and it is in quarantine now */
    private boolean takeBack(TakeBackRepository.Due due, Audience audience) {
        try {
            others.takeBack(due, audience);
            return true;
        } catch (RuntimeException e) {
            String reason = faultOf(e, due.incident());
            // Whoever sends it to its topic has it taken back, once the fault is mended.
            quarantine.put(
                    bad(audience.text().getBytes(UTF_8), MatchWriter.bytes(OthersTold.match(due, audience))), reason);
            return false;
        }
    }

    /** @throws RuntimeException the same, if the database is away */
    private static String faultOf(RuntimeException e, UUID incident) {
        if (SqlClient.isOutage(e)) {
            throw e;
        }
        LOG.atError().setCause(e).addKeyValue("incidentId", incident).log("take-back.failed");
        return "taking back incident " + incident + " failed: " + e.getClass().getSimpleName();
    }

    private BadRecord bad(byte[] key, byte[] value) {
        return new BadRecord(
                clients.topic(Topics.ADVISORY_MATCHED.name()), NOWHERE, NOWHERE, key, value, new RecordHeaders());
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
