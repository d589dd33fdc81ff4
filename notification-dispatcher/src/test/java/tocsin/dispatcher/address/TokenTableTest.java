package tocsin.dispatcher.address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.TokenRegistered;

/** What {@code token.registered} may hold by mistake is a raw token, which nobody may keep. */
class TokenTableTest {

    private static final Set<String> COORDINATES = Set.of(
            "quarantine-reason", "quarantine-topic", "quarantine-partition", "quarantine-offset", "quarantine-at");

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    private static String token() {
        return RecordKeys.emailRecipient(RunningDispatcher.newOrg());
    }

    private static byte[] registered(String token, String address) {
        return MessageCodec.of(TokenRegistered.class)
                .encode(TokenRegistered.newBuilder()
                        .setTokenId(token)
                        .setVerifiedEmail(address)
                        .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z"))
                        .build());
    }

    private static byte[] revoked(String token) {
        return MessageCodec.of(TokenRegistered.class)
                .encode(TokenRegistered.newBuilder()
                        .setTokenId(token)
                        .setRevokedAt(Instant.EPOCH)
                        .build());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private List<ConsumerRecord<byte[], byte[]>> quarantined() {
        return dispatcher.records(Topics.quarantineOf("notification-dispatcher").name()).stream()
                .filter(record -> header(record, "quarantine-topic").equals(Topics.TOKEN_REGISTERED.name()))
                .toList();
    }

    @Test
    void knowsNoHolderOfARevokedToken() {
        // Given
        String token = token();
        dispatcher.produce(Topics.TOKEN_REGISTERED.name(), token, registered(token, "ann@example.com"));
        TokenDirectory tokens = dispatcher.bean(TokenDirectory.class);
        await().atMost(RunningDispatcher.SOON).until(() -> tokens.has(token));

        // When
        dispatcher.produce(Topics.TOKEN_REGISTERED.name(), token, revoked(token));

        // Then
        await().atMost(RunningDispatcher.SOON).until(() -> !tokens.has(token));
        assertEquals(Optional.empty(), tokens.addressOf(token));
        assertTrue(tokens.knows(token));
    }

    @Test
    void waitsForNothingMoreOfARevokedToken() throws InterruptedException {
        // Given
        String token = token();
        TokenDirectory tokens = dispatcher.bean(TokenDirectory.class);
        dispatcher.produce(Topics.TOKEN_REGISTERED.name(), token, revoked(token));
        await().atMost(RunningDispatcher.SOON).until(() -> tokens.knows(token));

        // When
        long before = System.nanoTime();
        boolean known = tokens.awaits(token, RunningDispatcher.SOON);

        // Then
        assertTrue(known);
        assertTrue(System.nanoTime() - before < RunningDispatcher.SOON.toNanos() / 2);

        // When a match of it comes
        dispatcher.match(Samples.matched(
                "token:" + token, Samples.download("e1", "2026-04-15T08:30:00Z", Samples.orgToken("t1"))));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .rows(
                                "select l.reason from notification_dispatcher.notification join notification_dispatcher.ledger l"
                                        + " using (notification_id) where audience = ?",
                                "token:" + token)
                        .equals(List.of("no_verified_address")));
    }

    @Test
    void takesATokenForItsHoldersOnlySinceTheyHaveIt() {
        // Given
        String token = token();
        Instant heldSince = Instant.parse("2026-04-01T00:00:00Z");

        // When an address that was proved long before gets another's token
        dispatcher.produce(
                Topics.TOKEN_REGISTERED.name(),
                token,
                MessageCodec.of(TokenRegistered.class)
                        .encode(TokenRegistered.newBuilder()
                                .setTokenId(token)
                                .setVerifiedEmail("bob@example.com")
                                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z"))
                                .setHeldSince(heldSince)
                                .build()));

        // Then
        TokenDirectory tokens = dispatcher.bean(TokenDirectory.class);
        await().atMost(RunningDispatcher.SOON).until(() -> tokens.has(token));
        assertEquals(Optional.of(heldSince), tokens.addressOf(token).map(VerifiedAddress::since));
    }

    @Test
    void keepsOnlyTheCoordinatesOfWhatItRefuses() {
        // Given
        String asked = token();
        String named = token();

        // When
        dispatcher.produce(Topics.TOKEN_REGISTERED.name(), "tg_raw", "{\"token\":\"tg_raw\"}".getBytes(UTF_8));
        dispatcher.produce(Topics.TOKEN_REGISTERED.name(), asked, registered(named, "other@example.com"));

        // Then
        List<ConsumerRecord<byte[], byte[]>> refused =
                await().atMost(RunningDispatcher.SOON).until(this::quarantined, it -> it.size() == 2);
        for (ConsumerRecord<byte[], byte[]> record : refused) {
            assertEquals(0, record.key().length + record.value().length);
            Set<String> headers = new HashSet<>();
            for (Header header : record.headers()) {
                headers.add(header.key());
            }
            assertEquals(COORDINATES, headers);
            assertFalse(header(record, "quarantine-reason").contains("tg_raw"));
        }
        assertFalse(dispatcher.bean(TokenDirectory.class).has(asked));
        assertFalse(dispatcher.bean(TokenDirectory.class).has(named));
    }
}
