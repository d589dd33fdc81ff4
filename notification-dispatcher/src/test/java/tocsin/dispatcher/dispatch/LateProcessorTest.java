package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;

/** Late downloads that waited are told once, and what cannot be told is seen and holds up nobody. */
class LateProcessorTest {

    private static RunningDispatcher dispatcher;

    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;

    @BeforeAll
    static void start() {
        // What waits goes when the test says so.
        dispatcher = RunningDispatcher.beside(Map.of("tocsin.follow-up.window", "PT24H"));
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    private static LateProcessor processor(TokenDirectory tokens, Clock clock) {
        return processor(tokens, dispatcher.bean(EndpointDirectory.class), clock);
    }

    private static LateProcessor processor(TokenDirectory tokens, EndpointDirectory endpoints, Clock clock) {
        return new LateProcessor(
                dispatcher.bean(LateRepository.class),
                dispatcher.bean(FollowUps.class),
                tokens,
                endpoints,
                dispatcher.bean(KafkaClients.class),
                dispatcher.bean(Quarantine.class),
                clock);
    }

    private static Clock afterTheWait() {
        return Clock.offset(dispatcher.bean(Clock.class), Duration.ofDays(2));
    }

    private static void tellAll() throws InterruptedException {
        processor(dispatcher.bean(TokenDirectory.class), afterTheWait()).look();
    }

    private AdvisoryAccepted.Builder advisory() {
        return Samples.advisory().setPackageName("pkg-" + org);
    }

    private static AffectedDownload download(int number) {
        return Samples.download("e" + number, "2026-04-15T08:0" + number + ":00Z", Samples.human("u1"));
    }

    private byte[] match(String to, int number, boolean late) {
        return Samples.CODEC.encode(Samples.matched(to, advisory(), List.of(download(number)))
                .setLate(late)
                .build());
    }

    private static void dispatch(byte[] match, long offset) {
        dispatcher
                .bean(MatchDispatch.class)
                .dispatch(MatchReader.read(match), match, new LateRepository.Origin(1, offset));
    }

    private byte[] late(int number) {
        byte[] match = match(audience, number, true);
        dispatch(match, number);
        return match;
    }

    private List<String> waiting(String of) {
        return dispatcher.rows("select match_id from notification_dispatcher.late_match where audience = ?", of);
    }

    private static List<String> decisions(String of) {
        return dispatcher.rows("""
                select n.kind, coalesce(l.reason, '-')
                from notification_dispatcher.notification n join notification_dispatcher.ledger l using (notification_id)
                where n.audience = ? order by n.created_at
                """, of);
    }

    private List<ConsumerRecord<byte[], byte[]>> quarantined() {
        return dispatcher.records(Topics.quarantineOf("notification-dispatcher").name()).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(audience))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void tellsNobodyBeforeItIsReadWhichTokensAreRegistered() throws InterruptedException {
        // Given a follow-up of a token that is due while the service starts
        String token = UUID.randomUUID().toString().replace("-", "").repeat(2);
        String holder = "token:" + token;
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(token.substring(0, 10) + "@example.com")
                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z")));
        dispatch(match(holder, 1, false), 1);
        dispatch(match(holder, 2, true), 2);
        var arrivals = new TokenDirectory.Arrivals();
        try (var table = new TopicTable<>(
                dispatcher.bean(KafkaClients.class),
                Topics.TOKEN_REGISTERED.name(),
                MessageCodec.of(TokenRegistered.class)::decode,
                dispatcher.bean(Quarantine.class),
                arrivals)) {
            LateProcessor starting = processor(new TokenDirectory(table, arrivals), afterTheWait());

            // When
            boolean more = starting.look();
            List<String> before = decisions(holder);
            table.start();
            await().atMost(RunningDispatcher.SOON).until(table::isLoaded);
            starting.look();

            // Then
            assertFalse(more);
            assertEquals(List.of("breach -"), before);
            assertEquals(List.of("breach -", "follow_up -"), decisions(holder));
        }
    }

    @Test
    void tellsNobodyBeforeItIsReadInWhichFormEndpointsWantIt() throws InterruptedException {
        // Given a follow-up of an organisation that is due while the service starts
        dispatcher.withWebhook(org);
        dispatch(match(audience, 1, false), 1);
        late(2);
        var arrivals = new EndpointDirectory.Arrivals();
        try (var table = new TopicTable<>(
                dispatcher.bean(KafkaClients.class),
                Topics.WEBHOOK_ENDPOINT.name(),
                MessageCodec.of(WebhookEndpoint.class)::decode,
                dispatcher.bean(Quarantine.class),
                arrivals)) {
            LateProcessor starting = processor(
                    dispatcher.bean(TokenDirectory.class), new EndpointDirectory(table, arrivals), afterTheWait());

            // When
            boolean more = starting.look();
            List<String> before = decisions(audience);
            table.start();
            await().atMost(RunningDispatcher.SOON).until(table::isLoaded);
            starting.look();

            // Then
            assertFalse(more);
            assertEquals(List.of("breach -"), before);
            assertEquals(List.of("breach -", "follow_up -"), decisions(audience));
        }
    }

    @Test
    void tellsNobodyByATableOfTokensThatReadsNoMore() throws InterruptedException {
        // Given a follow-up of a token that has another holder since
        String token = UUID.randomUUID().toString().replace("-", "").repeat(2);
        String holder = "token:" + token;
        TokenRegistered.Builder registered = TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(token.substring(0, 10) + "@example.com")
                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z"));
        dispatcher.registerToken(registered);
        dispatch(match(holder, 1, false), 1);
        dispatch(match(holder, 2, true), 2);
        var arrivals = new TokenDirectory.Arrivals();
        var table = new TopicTable<>(
                dispatcher.bean(KafkaClients.class),
                Topics.TOKEN_REGISTERED.name(),
                MessageCodec.of(TokenRegistered.class)::decode,
                dispatcher.bean(Quarantine.class),
                arrivals);
        table.start();
        await().atMost(RunningDispatcher.SOON).until(table::isLoaded);
        table.close();
        dispatcher.registerToken(registered.setVerifiedEmail("next-" + token.substring(0, 10) + "@example.com"));

        // When
        processor(new TokenDirectory(table, arrivals), afterTheWait()).look();

        // Then
        assertEquals(List.of("breach -"), decisions(holder));
    }

    @Test
    void waitsForARegistrationThatIsOnItsWay() throws InterruptedException {
        // Given a follow-up of a token whose registration went and comes again
        String token = UUID.randomUUID().toString().replace("-", "").repeat(2);
        String holder = "token:" + token;
        TokenRegistered.Builder registered = TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(token.substring(0, 10) + "@example.com")
                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z"));
        TokenDirectory tokens = dispatcher.bean(TokenDirectory.class);
        dispatcher.registerToken(registered);
        dispatch(match(holder, 1, false), 1);
        dispatch(match(holder, 2, true), 2);
        dispatcher.remove(Topics.TOKEN_REGISTERED.name(), token);
        await().atMost(RunningDispatcher.SOON).until(() -> !tokens.has(token));

        // When
        dispatcher.produce(
                Topics.TOKEN_REGISTERED.name(),
                token,
                MessageCodec.of(TokenRegistered.class).encode(registered.build()));
        tellAll();

        // Then
        assertEquals(List.of("breach -", "follow_up -"), decisions(holder));
    }

    @Test
    void putsWhatCannotBeReadIntoQuarantineAndTellsTheRest() throws InterruptedException {
        // Given
        dispatcher.withWebhook(org);
        dispatch(match(audience, 1, false), 1);
        late(2);
        String bad = MatchReader.read(late(3)).id().toString();
        late(4);
        dispatcher.update(
                "update notification_dispatcher.late_match set match = '\\x010203' where match_id = ?::uuid", bad);

        // When
        tellAll();
        tellAll();

        // Then
        String data = dispatcher.awaitWebhooks(org, 2).getLast().getData();
        assertTrue(data.contains("\"total_downloads\":2"), data);
        assertEquals(List.of("breach -", "follow_up -"), decisions(audience));
        assertEquals(List.of(), waiting(audience));
        ConsumerRecord<byte[], byte[]> record = quarantined().getFirst();
        assertEquals(1, quarantined().size());
        assertArrayEquals(new byte[] {1, 2, 3}, record.value());
        assertTrue(header(record, "quarantine-topic").endsWith(Topics.ADVISORY_MATCHED.name()));
        assertEquals("1", header(record, "quarantine-partition"));
        assertEquals("3", header(record, "quarantine-offset"));
    }

    @Test
    void putsWhatCannotBeToldIntoQuarantineAndTellsItOnceItIsSentAgain() throws InterruptedException {
        // Given settings that no request can be made of
        String endpoint = dispatcher.withWebhook(org);
        dispatch(match(audience, 1, false), 1);
        byte[] second = late(2);
        late(3);
        String damage = "update notification_dispatcher.breach_settings set webhook_endpoint = '%s' where org_id = ?";
        dispatcher.update(damage.formatted("no endpoint"), org);

        // When
        tellAll();
        List<String> left = waiting(audience);
        dispatcher.update(damage.formatted(endpoint), org);
        dispatch(second, 9);
        tellAll();

        // Then
        assertEquals(List.of(), left);
        assertEquals(2, quarantined().size());
        assertEquals(
                "telling late downloads failed: IllegalArgumentException",
                header(quarantined().getFirst(), "quarantine-reason"));
        assertEquals(List.of("breach -", "follow_up -"), decisions(audience));
    }

    @Test
    void changesNothingForARepeatOfAnyThatWereSuppressedTogether() throws InterruptedException {
        // Given
        dispatcher.withWebhook(org);
        dispatch(match(audience, 1, false), 1);
        List<byte[]> together = List.of(late(2), late(3), late(4));
        String entitlements = "{\"guard\":%s,\"webhooks\":true}";
        dispatcher.ok("PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), entitlements.formatted("false"));
        tellAll();
        dispatcher.ok("PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), entitlements.formatted("true"));

        // When
        together.forEach(match -> dispatch(match, 9));
        List<String> waiting = waiting(audience);
        tellAll();

        // Then
        assertEquals(List.of(), waiting);
        assertEquals(List.of("breach -", "follow_up guard_not_entitled"), decisions(audience));
    }

    @Test
    void saysThatItIsDeadOnceItsThreadEndedByItself() {
        // Given
        Clock broken = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                throw new AssertionError("as good as any error that is no exception");
            }
        };
        LateProcessor processor = processor(dispatcher.bean(TokenDirectory.class), broken);
        Optional<String> before = processor.whyDead();

        // When
        processor.start();

        // Then
        assertEquals(Optional.empty(), before);
        await().dontCatchUncaughtExceptions()
                .atMost(RunningDispatcher.SOON)
                .until(() -> processor.whyDead().isPresent());
        processor.close();
        assertEquals(Optional.empty(), dispatcher.bean(LateProcessor.class).whyDead());
    }
}
