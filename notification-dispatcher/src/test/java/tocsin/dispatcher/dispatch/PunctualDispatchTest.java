package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.AdvisoryMatched;

/** Nobody waits for another audience that takes long: not in another partition, and not where both are told of the same advisory. */
class PunctualDispatchTest {

    /** As many as the topics of tests have. */
    private static final int PARTITIONS = 2;

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    private String orgIn(int partition) {
        String found = Stream.generate(RunningDispatcher::newOrg)
                .filter(org ->
                        BuiltInPartitioner.partitionForKey(("org:" + org).getBytes(UTF_8), PARTITIONS) == partition)
                .findFirst()
                .orElseThrow();
        dispatcher.withWebhook(found);
        return found;
    }

    private AdvisoryMatched.Builder match(String org, String advisory) {
        return Samples.matched(
                "org:" + org,
                Samples.advisory().setAdvisoryId(advisory).setPackageName("punctual"),
                List.of(Samples.download("e-" + org, "2026-04-15T08:30:00Z", Samples.human("u1"))));
    }

    @Test
    void tellsTheOthersWhileOneAudienceIsHeldUp() {
        // Given
        String slow = orgIn(0);
        String other = orgIn(1);
        String advisory = "MAL-" + slow;

        dispatcher.bean(SqlClient.class).inTransaction(() -> {
            // When another instance is at work on one
            dispatcher.bean(IncidentRepository.class).lock(new Audience.Organisation(slow));
            dispatcher.match(match(slow, advisory));
            dispatcher.match(match(other, advisory));

            // Then
            dispatcher.awaitWebhooks(other, 1);
            assertEquals(List.of(), dispatcher.webhooks(slow));
        });
        dispatcher.awaitWebhooks(slow, 1);
    }

    @Test
    void tellsTheOthersOfAnAdvisoryWhileOneIsBeingToldOfIt() {
        // Given an advisory that somebody was told of
        String first = orgIn(0);
        String slow = orgIn(0);
        String other = orgIn(0);
        String advisory = "MAL-" + slow;
        dispatcher.match(match(first, advisory));
        dispatcher.awaitWebhooks(first, 1);

        dispatcher.bean(SqlClient.class).inTransaction(() -> {
            // When a second one is told of it and that has not ended
            byte[] bytes = Samples.CODEC.encode(match(slow, advisory).build());
            dispatcher
                    .bean(MatchDispatch.class)
                    .dispatch(MatchReader.read(bytes), bytes, new LateRepository.Origin(0, 0));
            dispatcher.match(match(other, advisory));

            // Then
            dispatcher.awaitWebhooks(other, 1);
        });
        dispatcher.awaitWebhooks(slow, 1);
    }
}
