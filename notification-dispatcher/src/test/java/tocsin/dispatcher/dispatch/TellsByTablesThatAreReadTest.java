package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.kafka.TopicTable;

/** Who is told, and how, goes by what is registered; matches and late downloads wait while that is not known whole. */
class TellsByTablesThatAreReadTest {

    private static final List<String> ONLY_THE_FIRST = List.of("breach -");
    private static final List<String> BOTH = List.of("breach -", "follow_up -");

    private static LateMatches lates;
    private static RunningDispatcher dispatcher;

    @BeforeAll
    static void start() {
        lates = new LateMatches();
        dispatcher = lates.dispatcher();
    }

    @AfterAll
    static void stop() {
        lates.close();
    }

    @Test
    void routesNoMatchBeforeItIsReadWhichTokensAreRegistered() throws Exception {
        // Given
        String audience = lates.token().audience();
        var arrivals = new TokenDirectory.Arrivals();
        try (var table = lates.tokenTable(arrivals)) {
            // When / Then
            routesNothingBefore(
                    table,
                    lates.handler(new TokenDirectory(table, arrivals), dispatcher.bean(EndpointDirectory.class)),
                    audience);
        }
    }

    @Test
    void routesNoMatchBeforeItIsReadInWhichFormEndpointsWantIt() throws Exception {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withWebhook(org);
        var arrivals = new EndpointDirectory.Arrivals();
        try (var table = lates.endpointTable(arrivals)) {
            // When / Then
            routesNothingBefore(
                    table,
                    lates.handler(dispatcher.bean(TokenDirectory.class), new EndpointDirectory(table, arrivals)),
                    "org:" + org);
        }
    }

    private static void routesNothingBefore(TopicTable<?> table, MatchedHandler handler, String audience)
            throws Exception {
        // Given
        List<ConsumerRecord<byte[], byte[]>> batch = List.of(new ConsumerRecord<>(
                Topics.ADVISORY_MATCHED.name(), 0, 0, audience.getBytes(UTF_8), lates.match(audience, 1, false)));

        // When
        assertThrows(IllegalStateException.class, () -> handler.handle(batch));
        List<String> before = lates.decisions(audience);
        LateMatches.load(table);
        handler.handle(batch);

        // Then
        assertEquals(List.of(), before);
        assertEquals(ONLY_THE_FIRST, lates.decisions(audience));
    }

    @Test
    void tellsNoLateDownloadBeforeItIsReadWhichTokensAreRegistered() throws InterruptedException {
        // Given
        String audience = lates.tokenWithOneThatWaits().audience();
        var arrivals = new TokenDirectory.Arrivals();
        try (var table = lates.tokenTable(arrivals)) {
            // When / Then
            tellsNobodyBefore(table, lates.onceItIsTime(new TokenDirectory(table, arrivals)), audience);
        }
    }

    @Test
    void tellsNoLateDownloadBeforeItIsReadInWhichFormEndpointsWantIt() throws InterruptedException {
        // Given
        String org = RunningDispatcher.newOrg();
        String audience = "org:" + org;
        dispatcher.withWebhook(org);
        lates.tellOneAndLetAnotherWait(audience);
        var arrivals = new EndpointDirectory.Arrivals();
        try (var table = lates.endpointTable(arrivals)) {
            // When / Then
            tellsNobodyBefore(table, lates.onceItIsTime(new EndpointDirectory(table, arrivals)), audience);
        }
    }

    private static void tellsNobodyBefore(TopicTable<?> table, LateProcessor starting, String audience)
            throws InterruptedException {
        // When
        boolean more = starting.look();
        List<String> before = lates.decisions(audience);
        LateMatches.load(table);
        starting.look();

        // Then
        assertFalse(more);
        assertEquals(ONLY_THE_FIRST, before);
        assertEquals(BOTH, lates.decisions(audience));
    }

    @Test
    void tellsNobodyByATableOfTokensThatReadsNoMore() throws InterruptedException {
        // Given a token that has another holder since
        LateMatches.Token token = lates.tokenWithOneThatWaits();
        var arrivals = new TokenDirectory.Arrivals();
        var table = lates.tokenTable(arrivals);
        LateMatches.load(table);
        table.close();
        dispatcher.registerToken(
                token.registration().setVerifiedEmail("next-" + token.id().substring(0, 10) + "@example.com"));

        // When
        lates.onceItIsTime(new TokenDirectory(table, arrivals)).look();

        // Then
        assertEquals(ONLY_THE_FIRST, lates.decisions(token.audience()));
    }

    @Test
    void waitsForARegistrationThatIsOnItsWay() throws InterruptedException {
        // Given a token whose registration went and comes again
        LateMatches.Token token = lates.tokenWithOneThatWaits();
        dispatcher.remove(Topics.TOKEN_REGISTERED.name(), token.id());
        TokenDirectory tokens = dispatcher.bean(TokenDirectory.class);
        await().atMost(RunningDispatcher.SOON).until(() -> !tokens.has(token.id()));

        // When
        dispatcher.produce(
                Topics.TOKEN_REGISTERED.name(),
                token.id(),
                MessageCodec.of(TokenRegistered.class)
                        .encode(token.registration().build()));
        lates.tellAll();

        // Then
        assertEquals(BOTH, lates.decisions(token.audience()));
    }
}
