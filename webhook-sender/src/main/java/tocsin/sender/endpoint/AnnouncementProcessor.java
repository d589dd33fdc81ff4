package tocsin.sender.endpoint;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Topics;
import tocsin.sender.database.DatabaseException;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;
import tocsin.service.kafka.KafkaClients;

/**
 * Tells the other services of all endpoints at each start, for the topic may have been lost since, and again every day: what the outbox sent last of an
 * endpoint may be older than what it sent before, and whoever reads the topic goes by the last.
 */
@Singleton
final class AnnouncementProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(AnnouncementProcessor.class);
    private static final Duration AGAIN = Duration.ofDays(1);
    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(10);
    private static final int AT_ONCE = 500;

    private final EndpointRegistry registry;
    private final KafkaClients clients;
    private final Duration again;
    private final WorkerThread worker = new WorkerThread("endpoint-announcements", this::run);

    @Inject
    AnnouncementProcessor(EndpointRegistry registry, KafkaClients clients) {
        this(registry, clients, AGAIN);
    }

    AnnouncementProcessor(EndpointRegistry registry, KafkaClients clients, Duration again) {
        this.registry = registry;
        this.clients = clients;
        this.again = again;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        boolean isStopped = false;
        while (!isStopped) {
            isStopped = worker.pause(isTold() ? again : AFTER_A_FAULT);
        }
    }

    private boolean isTold() throws InterruptedException {
        try {
            if (!isWritable()) {
                return false;
            }
            announceAll();
            return true;
        } catch (RuntimeException e) {
            // Nothing is lost by it, and the next time may do better.
            LOG.atWarn().setCause(e).log("endpoints.not-announced");
            return false;
        }
    }

    /** The outbox keeps its order: a record that the broker does not take would hold up every settlement behind it. */
    private boolean isWritable() throws InterruptedException {
        Optional<String> why = clients.whyNotWritable(Topics.WEBHOOK_ENDPOINT.name());
        why.ifPresent(reason -> LOG.atWarn()
                .addKeyValue("topic", Topics.WEBHOOK_ENDPOINT.name())
                .addKeyValue("reason", reason)
                .addKeyValue("remedy", "topics apply, access apply")
                .log("endpoints.wait-for-topic"));
        return why.isEmpty();
    }

    private void announceAll() {
        List<String> ids = registry.idsAfter("", AT_ONCE);
        while (!ids.isEmpty()) {
            for (String id : ids) {
                if (worker.isStopping()) {
                    return;
                }
                announce(id);
            }
            ids = registry.idsAfter(ids.getLast(), AT_ONCE);
        }
    }

    /** One that cannot be told holds up none of those after it, and comes again with them. */
    private void announce(String id) {
        try {
            registry.announceAgain(id);
        } catch (RuntimeException e) {
            if (DatabaseException.saysOutage(e)) {
                throw e;
            }
            LOG.atError().setCause(e).addKeyValue("endpointId", id).log("endpoint.not-announced");
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
