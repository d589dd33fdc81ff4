package tocsin.dispatcher.events;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.UndecodableMessageException;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.Quarantine;
import tocsin.service.tracing.TraceParent;
import tocsin.service.tracing.Tracing;

/** {@code platform.event}. */
final class EventHandler implements BatchHandler {

    private static final Logger LOG = LoggerFactory.getLogger(EventHandler.class);
    private static final Duration TO_LOAD = Duration.ofSeconds(30);

    private final EventTypes types;
    private final EventDispatch dispatch;
    private final EndpointDirectory endpoints;
    private final Quarantine quarantine;
    private final Tracing tracing;
    private final Duration toLoad;

    EventHandler(
            EventTypes types,
            EventDispatch dispatch,
            EndpointDirectory endpoints,
            Quarantine quarantine,
            Tracing tracing) {
        this(types, dispatch, endpoints, quarantine, tracing, TO_LOAD);
    }

    /** @param toLoad how long a batch waits for the table of endpoints; then it is tried anew */
    EventHandler(
            EventTypes types,
            EventDispatch dispatch,
            EndpointDirectory endpoints,
            Quarantine quarantine,
            Tracing tracing,
            Duration toLoad) {
        this.types = types;
        this.dispatch = dispatch;
        this.endpoints = endpoints;
        this.quarantine = quarantine;
        this.tracing = tracing;
        this.toLoad = toLoad;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws Exception {
        if (!endpoints.awaitLoaded(toLoad)) {
            throw new IllegalStateException("endpoints are not read to their end yet");
        }
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            handle(record);
        }
    }

    private void handle(ConsumerRecord<byte[], byte[]> record) {
        EventReader.Event event;
        try {
            event = EventReader.read(record.value() == null ? new byte[0] : record.value(), types);
        } catch (UndecodableMessageException | IllegalArgumentException e) {
            quarantine.put(record, String.valueOf(e.getMessage()));
            return;
        }
        try {
            tracing.run("event.dispatch", TraceParent.in(record.headers()), () -> {
                Tracing.note("tocsin.event_type", event.event().getType());
                dispatch.dispatch(event);
            });
        } catch (RuntimeException e) {
            if (SqlClient.isOutage(e)) {
                throw e;
            }
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("type", event.event().getType())
                    .log("event.failed");
            quarantine.put(record, "dispatching failed: " + e.getClass().getSimpleName());
        }
    }
}
