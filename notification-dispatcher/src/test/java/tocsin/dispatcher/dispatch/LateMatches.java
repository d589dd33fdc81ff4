package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;
import tocsin.service.tracing.Tracing;

/** A dispatcher in which late downloads wait until somebody says that it is time. */
final class LateMatches implements AutoCloseable {

    private final RunningDispatcher dispatcher = RunningDispatcher.beside(Map.of("tocsin.follow-up.window", "PT24H"));

    /** A token that is registered. */
    record Token(String id, TokenRegistered.Builder registration) {

        String audience() {
            return "token:" + id;
        }
    }

    RunningDispatcher dispatcher() {
        return dispatcher;
    }

    /** @return a match of one download, and by its number always the same one */
    byte[] match(String audience, int number, boolean late) {
        AffectedDownload download =
                Samples.download("e" + number, "2026-04-15T08:0" + number + ":00Z", Samples.human("u1"));
        return Samples.CODEC.encode(Samples.matched(
                        audience,
                        Samples.advisory().setPackageName("pkg-" + audience.substring(audience.indexOf(':') + 1)),
                        List.of(download))
                .setLate(late)
                .build());
    }

    /** @return as {@link #match} of another advisory of the same incident, which names the first as its alias */
    byte[] alias(String audience, int number, boolean late, UnaryOperator<AdvisoryAccepted.Builder> change) {
        AdvisoryMatched match = Samples.CODEC.decode(match(audience, number, late));
        AdvisoryAccepted.Builder advisory = AdvisoryAccepted.newBuilder(match.getAdvisory())
                .setAdvisoryId("MAL-2026-1")
                .setAliases(List.of(match.getAdvisory().getAdvisoryId()))
                .setRevision(Samples.PUBLISHED.plusSeconds(60));
        return Samples.CODEC.encode(AdvisoryMatched.newBuilder(match)
                .setAdvisory(change.apply(advisory).build())
                .build());
    }

    void dispatch(byte[] match, long offset) {
        dispatcher
                .bean(MatchDispatch.class)
                .dispatch(MatchReader.read(match), match, new LateRepository.Origin(1, offset));
    }

    /** The audience is told of one download; another that comes late waits. */
    void tellOneAndLetAnotherWait(String audience) {
        dispatch(match(audience, 1, false), 1);
        dispatch(match(audience, 2, true), 2);
    }

    Token token() {
        String id = UUID.randomUUID().toString().replace("-", "").repeat(2);
        Token token = new Token(
                id,
                TokenRegistered.newBuilder()
                        .setTokenId(id)
                        .setVerifiedEmail(id.substring(0, 10) + "@example.com")
                        .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z")));
        dispatcher.registerToken(token.registration());
        return token;
    }

    /** The holder is told of one download; another that comes late waits. */
    Token tokenWithOneThatWaits() {
        Token token = token();
        tellOneAndLetAnotherWait(token.audience());
        return token;
    }

    /** Not started. */
    TopicTable<TokenRegistered> tokenTable(TokenDirectory.Arrivals arrivals) {
        return new TopicTable<>(
                dispatcher.bean(KafkaClients.class),
                Topics.TOKEN_REGISTERED.name(),
                MessageCodec.of(TokenRegistered.class)::decode,
                dispatcher.bean(Quarantine.class),
                arrivals);
    }

    /** Not started. */
    TopicTable<WebhookEndpoint> endpointTable(EndpointDirectory.Arrivals arrivals) {
        return new TopicTable<>(
                dispatcher.bean(KafkaClients.class),
                Topics.WEBHOOK_ENDPOINT.name(),
                MessageCodec.of(WebhookEndpoint.class)::decode,
                dispatcher.bean(Quarantine.class),
                arrivals);
    }

    static void load(TopicTable<?> table) {
        table.start();
        await().atMost(RunningDispatcher.SOON).until(table::isLoaded);
    }

    /** One that waits for no table. */
    MatchedHandler handler(TokenDirectory tokens, EndpointDirectory endpoints) {
        return new MatchedHandler(
                dispatcher.bean(MatchDispatch.class),
                tokens,
                endpoints,
                dispatcher.bean(Quarantine.class),
                dispatcher.bean(Tracing.class),
                Duration.ZERO);
    }

    /** @param clock by which it is time, or not */
    LateProcessor processor(TokenDirectory tokens, EndpointDirectory endpoints, Clock clock) {
        return new LateProcessor(
                dispatcher.bean(LateRepository.class),
                dispatcher.bean(FollowUps.class),
                tokens,
                endpoints,
                dispatcher.bean(KafkaClients.class),
                dispatcher.bean(Quarantine.class),
                clock);
    }

    LateProcessor onceItIsTime(TokenDirectory tokens) {
        return onceItIsTime(tokens, dispatcher.bean(EndpointDirectory.class));
    }

    LateProcessor onceItIsTime(EndpointDirectory endpoints) {
        return onceItIsTime(dispatcher.bean(TokenDirectory.class), endpoints);
    }

    private LateProcessor onceItIsTime(TokenDirectory tokens, EndpointDirectory endpoints) {
        return processor(tokens, endpoints, Clock.offset(dispatcher.bean(Clock.class), Duration.ofDays(2)));
    }

    void tellAll() throws InterruptedException {
        onceItIsTime(dispatcher.bean(TokenDirectory.class)).look();
    }

    /** The matches that wait. */
    List<String> waiting(String audience) {
        return dispatcher.rows("select match_id from notification_dispatcher.late_match where audience = ?", audience);
    }

    /** The kind of each, and why it was not told; {@code -} if it was. */
    List<String> decisions(String audience) {
        return dispatcher.rows("""
                select n.kind, coalesce(l.reason, '-')
                from notification_dispatcher.notification n join notification_dispatcher.ledger l using (notification_id)
                where n.audience = ? order by n.created_at
                """, audience);
    }

    @Override
    public void close() {
        dispatcher.close();
    }
}
