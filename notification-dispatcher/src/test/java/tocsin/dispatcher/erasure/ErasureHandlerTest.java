package tocsin.dispatcher.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.testsupport.CaughtMail;

class ErasureHandlerTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();

    @Test
    void takesAnAddressOffEveryListAndSwitchesItsDestinationOff() {
        // Given
        String address = dispatcher.withMail(org, "en");
        String other = RunningDispatcher.newOrg();
        String otherAddress = dispatcher.withMail(other, "en");

        // When
        erase(email(address, now()));

        // Then
        await().atMost(RunningDispatcher.SOON).until(() -> addressesOf(org).isEmpty());
        String settings = dispatcher.ok("GET", "/v1/orgs/" + org + "/breach-notifications", dispatcher.owner(org), "");
        assertFalse(settings.contains(address), settings);
        assertTrue(settings.contains("\"email\":{\"enabled\":false"), settings);
        assertEquals(List.of(otherAddress), addressesOf(other));
    }

    @Test
    void forgetsWhereANoticeWent() {
        // Given
        String address = dispatcher.withMail(org, "en");
        tellOrganisation(Samples.advisory().setPackageName("mailed-" + org));
        String channels = "select coalesce(address, '-') from notification_dispatcher.told_channel where audience = ?";
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.rows(channels, "org:" + org).equals(List.of(address)));

        // When
        erase(email(address, now()));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.rows(channels, "org:" + org).isEmpty());
    }

    @Test
    void correctsNothingAtAnAddressThatIsChosenAfterTheErasureOfTheOneThatWasTold() {
        // Given
        String told = dispatcher.withMail(org, "en");
        AdvisoryAccepted.Builder advisory = Samples.advisory().setPackageName("mailed-" + org);
        tellOrganisation(advisory);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains("breach email delivered -"));
        erase(email(told, now()));
        await().atMost(RunningDispatcher.SOON).until(() -> addressesOf(org).isEmpty());
        String other = dispatcher.withMail(org, "en", "other-" + org + "@example.com");

        // When
        tellOrganisation(advisory.setRevision(Samples.PUBLISHED.plusSeconds(1))
                .setWithdrawnAt(Samples.PUBLISHED.plusSeconds(1)));
        tellOrganisation(Samples.advisory().setPackageName("marker-" + org));

        // Then
        List<CaughtMail> mails = dispatcher.awaitMails(other, 2);
        assertTrue(
                mails.getLast().subject().contains("marker-" + org),
                mails.getLast().subject());
        assertTrue(
                dispatcher.ledger(org).stream().noneMatch(row -> row.startsWith("withdrawn")),
                () -> dispatcher.ledger(org).toString());
    }

    private void tellOrganisation(AdvisoryAccepted.Builder advisory) {
        dispatcher.match(Samples.matched("org:" + org, advisory));
    }

    @Test
    void forgetsWhatWasToldBetweenTheRequestAndItsArrivalHere() {
        // Given
        String address = dispatcher.withMail(org, "en");
        Instant requested = now();
        tellOrganisation(Samples.advisory().setPackageName("mailed-" + org));
        String token = token();
        tell(token);
        String channels = "select destination from notification_dispatcher.told_channel where audience = ?";
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.rows(channels, "org:" + org).equals(List.of("email")));
        ErasureRepository erasures = dispatcher.bean(ErasureRepository.class);

        // When
        erasures.erase(new ErasureSubject.OfEmail(RecordKeys.emailRecipient(address)), requested);
        erasures.erase(new ErasureSubject.OfToken(new Audience.Token(token)), requested);

        // Then
        assertEquals(List.of(), dispatcher.rows(channels, "org:" + org));
        assertEquals(List.of("0|0|0|0"), keptOf(token));
    }

    @Test
    void keepsAnAddressThatWasAddedAfterIt() {
        // Given
        String address = dispatcher.withMail(org, "en");

        // When
        int rows = dispatcher
                .bean(ErasureRepository.class)
                .erase(new ErasureSubject.OfEmail(RecordKeys.emailRecipient(address)), now().minusSeconds(3600));

        // Then
        assertEquals(0, rows);
        assertEquals(List.of(address), addressesOf(org));
    }

    @Test
    void forgetsWhatATokenWasTold() {
        // Given
        String told = token();
        String other = token();
        tell(told);
        tell(other);

        // When
        erase(PrivacyErasure.newBuilder()
                .setErasureId("erasure-of-" + org)
                .setRequestedAt(now())
                .setTokenId(told));

        // Then
        await().atMost(RunningDispatcher.SOON).until(() -> keptOf(told).equals(List.of("0|0|0|0")));
        assertEquals(List.of("1|1|1|1"), keptOf(other));
        assertEquals(
                List.of(),
                dispatcher.rows(
                        "select counted from notification_dispatcher.ledger_tally where counted = 'expected'"
                                + " group by counted having sum(rows) <> (select sum(destinations) from notification_dispatcher.notification)"),
                "the reconciliation still comes out even");
    }

    @Test
    void keepsNothingOfARecordThatItCannotRead() {
        // Given
        PrivacyErasure two =
                email("somebody@example.com", now()).setTokenId(token()).build();

        // When
        dispatcher.produce(
                Topics.PRIVACY_ERASURE.name(),
                "two-" + org,
                MessageCodec.of(PrivacyErasure.class).encode(two));
        // A time that no database has room for.
        erase(email(org + "@example.com", Instant.parse("+292278994-01-01T00:00:00Z")));

        // Then
        List<ConsumerRecord<byte[], byte[]>> quarantined =
                await().atMost(RunningDispatcher.SOON).until(this::quarantined, records -> records.size() == 2);
        assertEquals(
                List.of("erasing failed: StatementFailedException", "no erasure that names one subject"),
                quarantined.stream()
                        .map(record -> header(record, "quarantine-reason"))
                        .sorted()
                        .toList());
        quarantined.forEach(record -> assertEquals(0, record.key().length + record.value().length));
    }

    private List<ConsumerRecord<byte[], byte[]>> quarantined() {
        return dispatcher.records(Topics.quarantineOf("notification-dispatcher").name()).stream()
                .filter(record -> header(record, "quarantine-topic").equals(Topics.PRIVACY_ERASURE.name()))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private void tell(String token) {
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(token.substring(0, 12) + "@example.com")
                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z")));
        dispatcher.match(Samples.matched(
                "token:" + token,
                Samples.advisory().setPackageName("erased-" + org),
                List.of(Samples.download("event-" + token, "2026-04-15T08:30:00Z", Samples.human("u1")))));
        await().atMost(RunningDispatcher.SOON).until(() -> keptOf(token).equals(List.of("1|1|1|1")));
    }

    /** How much is remembered, notified and in the ledger, and of how many places. */
    private List<String> keptOf(String token) {
        return dispatcher.rows("""
                select (select count(*) from notification_dispatcher.told where audience = a)
                  || '|' || (select count(*) from notification_dispatcher.notification where audience = a)
                  || '|' || (select count(*) from notification_dispatcher.ledger
                     join notification_dispatcher.notification using (notification_id) where audience = a)
                  || '|' || (select count(*) from notification_dispatcher.told_channel where audience = a)
                from (select ?::text as a) asked
                """, "token:" + token);
    }

    private List<String> addressesOf(String organisation) {
        return dispatcher.rows(
                "select address from notification_dispatcher.allowed_address where org_id = ?", organisation);
    }

    private static String token() {
        return RecordKeys.emailRecipient(RunningDispatcher.newOrg());
    }

    private static PrivacyErasure.Builder email(String address, Instant requestedAt) {
        return PrivacyErasure.newBuilder()
                .setErasureId("erasure-" + address.hashCode())
                .setRequestedAt(requestedAt)
                .setEmailHash(RecordKeys.emailRecipient(address));
    }

    private void erase(PrivacyErasure.Builder erasure) {
        PrivacyErasure message = erasure.build();
        dispatcher.produce(
                Topics.PRIVACY_ERASURE.name(),
                RecordKeys.privacyErasure(ErasureSubject.of(message)),
                MessageCodec.of(PrivacyErasure.class).encode(message));
    }

    private Instant now() {
        return dispatcher.bean(Clock.class).instant();
    }
}
