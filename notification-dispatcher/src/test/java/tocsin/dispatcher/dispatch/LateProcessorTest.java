package tocsin.dispatcher.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.Severity;

/** Late downloads that waited are told once, and what cannot be told is seen and holds up nobody. */
class LateProcessorTest {

    private static LateMatches lates;
    private static RunningDispatcher dispatcher;

    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;

    @BeforeAll
    static void start() {
        lates = new LateMatches();
        dispatcher = lates.dispatcher();
    }

    @AfterAll
    static void stop() {
        lates.close();
    }

    private byte[] late(int number) {
        byte[] match = lates.match(audience, number, true);
        lates.dispatch(match, number);
        return match;
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
    void putsWhatCannotBeReadIntoQuarantineAndTellsTheRest() throws InterruptedException {
        // Given
        dispatcher.withWebhook(org);
        lates.dispatch(lates.match(audience, 1, false), 1);
        late(2);
        String bad = MatchReader.read(late(3)).id().toString();
        late(4);
        dispatcher.update(
                "update notification_dispatcher.late_match set match = '\\x010203' where match_id = ?::uuid", bad);

        // When
        lates.tellAll();
        lates.tellAll();

        // Then
        String data = dispatcher.awaitWebhooks(org, 2).getLast().getData();
        assertTrue(data.contains("\"total_downloads\":2"), data);
        assertEquals(List.of("breach -", "follow_up -"), lates.decisions(audience));
        assertEquals(List.of(), lates.waiting(audience));
        ConsumerRecord<byte[], byte[]> record = quarantined().getFirst();
        assertEquals(1, quarantined().size());
        assertArrayEquals(new byte[] {1, 2, 3}, record.value());
        assertTrue(header(record, "quarantine-topic").endsWith(Topics.ADVISORY_MATCHED.name()));
        assertEquals("1", header(record, "quarantine-partition"));
        assertEquals("3", header(record, "quarantine-offset"));
    }

    @Test
    void tellsWhatAnAdvisoryNamesThatStandsWhateverBecameOfAnotherOfItsIncident() throws InterruptedException {
        // Given a late download that two advisories name, the newer of which is withdrawn while it waits
        dispatcher.withWebhook(org);
        lates.dispatch(lates.match(audience, 1, false), 1);
        lates.dispatch(lates.alias(audience, 1, false, it -> it), 2);
        late(2);
        lates.dispatch(lates.alias(audience, 2, true, it -> it), 3);
        Instant later = Samples.PUBLISHED.plusSeconds(120);
        lates.dispatch(
                lates.alias(audience, 2, false, it -> it.setRevision(later).setWithdrawnAt(later)), 4);

        // When
        lates.tellAll();

        // Then
        assertEquals(List.of("breach -", "follow_up -"), lates.decisions(audience));
        assertTrue(dispatcher.awaitWebhooks(org, 2).getLast().getData().contains("GHSA-aaaa-bbbb-cccc"));
    }

    @Test
    void judgesADownloadByTheMostSevereOfTheAdvisoriesThatNameIt() throws InterruptedException {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"},\"minimum_severity\":\"high\"}");
        lates.dispatch(lates.match(audience, 1, false), 1);
        late(2);
        lates.dispatch(lates.alias(audience, 2, true, it -> it.setSeverity(Severity.LOW)), 3);

        // When
        lates.tellAll();

        // Then
        assertEquals(List.of("breach -", "follow_up -"), lates.decisions(audience));
    }

    @Test
    void putsWhatCannotBeToldIntoQuarantineAndTellsItOnceItIsSentAgain() throws InterruptedException {
        // Given settings that no request can be made of
        String endpoint = dispatcher.withWebhook(org);
        lates.dispatch(lates.match(audience, 1, false), 1);
        byte[] second = late(2);
        late(3);
        String damage = "update notification_dispatcher.breach_settings set webhook_endpoint = '%s' where org_id = ?";
        dispatcher.update(damage.formatted("no endpoint"), org);

        // When
        lates.tellAll();
        List<String> left = lates.waiting(audience);
        dispatcher.update(damage.formatted(endpoint), org);
        lates.dispatch(second, 9);
        lates.tellAll();

        // Then
        assertEquals(List.of(), left);
        assertEquals(2, quarantined().size());
        assertEquals(
                "telling late downloads failed: IllegalArgumentException",
                header(quarantined().getFirst(), "quarantine-reason"));
        assertEquals(List.of("breach -", "follow_up -"), lates.decisions(audience));
    }

    @Test
    void changesNothingForARepeatOfAnyThatWereSuppressedTogether() throws InterruptedException {
        // Given
        dispatcher.withWebhook(org);
        lates.dispatch(lates.match(audience, 1, false), 1);
        List<byte[]> together = List.of(late(2), late(3), late(4));
        String entitlements = "{\"guard\":%s,\"webhooks\":true}";
        dispatcher.ok("PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), entitlements.formatted("false"));
        lates.tellAll();
        dispatcher.ok("PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), entitlements.formatted("true"));

        // When
        together.forEach(match -> lates.dispatch(match, 9));
        List<String> waiting = lates.waiting(audience);
        lates.tellAll();

        // Then
        assertEquals(List.of(), waiting);
        assertEquals(List.of("breach -", "follow_up guard_not_entitled"), lates.decisions(audience));
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
        LateProcessor processor = lates.processor(
                dispatcher.bean(TokenDirectory.class), dispatcher.bean(EndpointDirectory.class), broken);
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
