package tocsin.dispatcher.dispatch;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.UndecodableMessageException;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.Quarantine;
import tocsin.service.tracing.TraceParent;
import tocsin.service.tracing.Tracing;

/** {@code advisory.matched}: one match after the other, in the order of the partition, which is that of each audience. */
final class MatchedHandler implements BatchHandler {

    private static final Logger LOG = LoggerFactory.getLogger(MatchedHandler.class);
    private static final Duration TO_LOAD = Duration.ofSeconds(30);
    /** For all tokens of a batch together. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);

    private final MatchDispatch dispatch;
    private final TokenDirectory tokens;
    private final EndpointDirectory endpoints;
    private final Quarantine quarantine;
    private final Tracing tracing;
    private final Duration toLoad;

    MatchedHandler(
            MatchDispatch dispatch,
            TokenDirectory tokens,
            EndpointDirectory endpoints,
            Quarantine quarantine,
            Tracing tracing) {
        this(dispatch, tokens, endpoints, quarantine, tracing, TO_LOAD);
    }

    /** @param toLoad how long a batch waits for tables; then it is tried anew */
    MatchedHandler(
            MatchDispatch dispatch,
            TokenDirectory tokens,
            EndpointDirectory endpoints,
            Quarantine quarantine,
            Tracing tracing,
            Duration toLoad) {
        this.dispatch = dispatch;
        this.tokens = tokens;
        this.endpoints = endpoints;
        this.quarantine = quarantine;
        this.tracing = tracing;
        this.toLoad = toLoad;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws Exception {
        // A token that we have not read of yet would look like one that nobody registered, and its row would be closed
        // for good.
        if (!tokens.awaitLoaded(toLoad)) {
            throw new IllegalStateException("tokens are not read to their end yet");
        }
        // Nor would we know in which form an endpoint wants it.
        if (!endpoints.awaitLoaded(toLoad)) {
            throw new IllegalStateException("endpoints are not read to their end yet");
        }
        // The table follows its topic with a lag, so who is missing is waited for; once for all, or unknown tokens
        // would stop the partition.
        long until = System.nanoTime() + ON_ITS_WAY.toNanos();
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            handle(record, until);
        }
    }

    private void handle(ConsumerRecord<byte[], byte[]> record, long until) throws InterruptedException {
        Match match;
        try {
            match = MatchReader.read(record.value() == null ? new byte[0] : record.value());
        } catch (UndecodableMessageException | IllegalArgumentException e) {
            quarantine.put(record, String.valueOf(e.getMessage()));
            return;
        }
        if (match.audience() instanceof Audience.Token(String token)) {
            // Or the holder before would be told of what the present one fetched.
            if (!tokens.isFresh()) {
                throw new IllegalStateException("tokens are not read on");
            }
            tokens.awaits(token, Duration.ofNanos(until - System.nanoTime()));
        }
        try {
            tracing.run("match.dispatch", TraceParent.in(record.headers()), () -> {
                Tracing.note("tocsin.match_id", match.id().toString());
                dispatch.dispatch(
                        match, record.value(), new LateRepository.Origin(record.partition(), record.offset()));
            });
        } catch (RuntimeException e) {
            if (SqlClient.isOutage(e)) {
                throw e;
            }
            // A fault of ours that this match brings out: the others of the partition must not wait for its mending.
            LOG.atError().setCause(e).addKeyValue("matchId", match.id()).log("match.failed");
            quarantine.put(record, "dispatching failed: " + e.getClass().getSimpleName());
        }
    }
}
