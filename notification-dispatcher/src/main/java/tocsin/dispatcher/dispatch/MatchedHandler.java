package tocsin.dispatcher.dispatch;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.UndecodableMessageException;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.Quarantine;

/** {@code advisory.matched}: one match after the other, in the order of the partition, which is that of each audience. */
final class MatchedHandler implements BatchHandler {

    private static final Logger LOG = LoggerFactory.getLogger(MatchedHandler.class);
    private static final Duration TO_LOAD = Duration.ofSeconds(30);

    private final MatchDispatch dispatch;
    private final EndpointDirectory endpoints;
    private final TokenDirectory tokens;
    private final Quarantine quarantine;

    MatchedHandler(MatchDispatch dispatch, EndpointDirectory endpoints, TokenDirectory tokens, Quarantine quarantine) {
        this.dispatch = dispatch;
        this.endpoints = endpoints;
        this.tokens = tokens;
        this.quarantine = quarantine;
    }

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws Exception {
        // An endpoint that we have not read of yet would look like a deleted one, and its row would be closed for good.
        if (!endpoints.awaitLoaded(TO_LOAD) || !tokens.awaitLoaded(TO_LOAD)) {
            throw new IllegalStateException("endpoints and tokens are not read to their end yet");
        }
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            handle(record);
        }
    }

    private void handle(ConsumerRecord<byte[], byte[]> record) {
        Match match;
        try {
            match = MatchReader.read(record.value() == null ? new byte[0] : record.value());
        } catch (UndecodableMessageException | IllegalArgumentException e) {
            quarantine.put(record, String.valueOf(e.getMessage()));
            return;
        }
        try {
            dispatch.dispatch(match);
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
