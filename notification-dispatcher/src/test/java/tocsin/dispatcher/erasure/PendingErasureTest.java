package tocsin.dispatcher.erasure;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.PendingRequests;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.WebhookRequests;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;

/** What pending rows asked for names nobody who was erased, and goes to no address that was. */
class PendingErasureTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final PendingRequests pending = new PendingRequests(dispatcher, org);

    private UUID keepEvent(String data) {
        return pending.keep(
                Notification.Kind.EVENT,
                "WH" + org,
                id -> WebhookRequests.of(id, org, "WH" + org, "member.joined", now(), data));
    }

    private List<String> keptRequests() {
        return dispatcher.rows(
                "select notification_id::text from notification_dispatcher.kept_request join notification_dispatcher.notification"
                        + " using (notification_id) where audience = ? order by 1",
                "org:" + org);
    }

    @Test
    void keepsNoRequestThatNamesAnAddressAndEndsTheMailsThatWaitForIt() {
        // Given
        String address = "ada-" + org + "@example.com";
        keepEvent("{\"member\":\"" + address.toUpperCase(Locale.ROOT) + "\"}");
        keepEvent("{\"member\":\"" + address.replace(".", "[.]") + "\"}");
        UUID other = keepEvent("{\"member\":\"not-" + address + "\"}");
        pending.keepMail(Notification.Kind.ADDRESS_CONFIRMATION, address);

        // When
        dispatcher
                .bean(ErasureRepository.class)
                .erase(new ErasureSubject.OfEmail(RecordKeys.emailRecipient(address)), now());

        // Then
        assertEquals(List.of(other.toString()), keptRequests());
        assertEquals(
                List.of(
                        "address_confirmation email suppressed address_removed",
                        "event WH" + org + " pending -",
                        "event WH" + org + " pending -",
                        "event WH" + org + " pending -"),
                dispatcher.ledger(org).stream().sorted().toList());
    }

    @Test
    void keepsNoRequestThatMayNameAMemberOfAnOrganisation() {
        // Given
        keepEvent("{\"member\":\"Ada\"}");
        UUID ask = pending.keepMail(Notification.Kind.ADDRESS_CONFIRMATION, "owner-" + org + "@example.com");
        ErasureSubject member = new ErasureSubject.OfOrganisation(new Audience.Organisation(org), "u1");

        Instant anHourAgo = now().minusSeconds(3600);

        // When it was asked for an hour ago and is heard of now
        dispatcher.bean(ErasureRepository.class).erase(member, anHourAgo);
        UUID after = keepEvent("{\"member\":\"Ada\"}");
        dispatcher.bean(ErasureRepository.class).erase(member, anHourAgo);

        // Then what was kept until then is gone
        assertEquals(
                Stream.of(ask, after).map(UUID::toString).sorted().toList(),
                keptRequests().stream().sorted().toList());
    }

    @Test
    void endsMailsThatAreOnTheirWayToTheAddressAndAllThatOneCarries() {
        // Given
        String address = "carried-" + org + "@example.com";
        UUID digest = pending.keepMail(Notification.Kind.DIGEST, address);
        pending.carry(Notification.Kind.BREACH, digest);

        // When
        dispatcher
                .bean(ErasureRepository.class)
                .erase(new ErasureSubject.OfEmail(RecordKeys.emailRecipient(address)), now());

        // Then
        assertEquals(
                List.of("breach email suppressed address_removed", "digest email suppressed address_removed"),
                dispatcher.ledger(org).stream().sorted().toList());
    }

    @Test
    void endsANoticeThatIsOnItsWayToTheAddress() {
        // Given a mail that its server does not take
        String address = dispatcher.withMail(org, "en");
        dispatcher.match(Samples.matched("org:" + org, Samples.advisory().setPackageName("mailed-" + org)));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains("breach email delivered -"));
        dispatcher.update(
                """
                with again as (
                  update notification_dispatcher.ledger l set state = 'pending' from notification_dispatcher.notification n
                  where n.notification_id = l.notification_id and n.audience = ? and n.kind = 'breach'
                  returning l.notification_id, l.destination)
                insert into notification_dispatcher.kept_notice
                  (notification_id, destination, incident_id, match, occurred_at, address, recipient, language, mailed, asked_at)
                select notification_id, destination, gen_random_uuid(), '%s', now(), 'a', '%s', 'en', true, now() from again
                """.formatted(
                                "\\x"
                                        + HexFormat.of()
                                                .formatHex(Samples.CODEC.encode(Samples.matched("org:" + org)
                                                        .build())),
                                RecordKeys.emailRecipient(address)),
                "org:" + org);

        // When
        dispatcher
                .bean(ErasureRepository.class)
                .erase(new ErasureSubject.OfEmail(RecordKeys.emailRecipient(address)), now());

        // Then
        assertTrue(
                dispatcher.ledger(org).contains("breach email suppressed address_removed"),
                () -> dispatcher.ledger(org).toString());
    }

    private Instant now() {
        return dispatcher.bean(Clock.class).instant();
    }
}
