package tocsin.dispatcher.address;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.testsupport.CaughtMail;

/** A holder of a token stops the mails by one click; whatever only looks at the link stops nothing. */
class UnsubscribeTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String name = RunningDispatcher.newOrg();
    private final String token = RecordKeys.emailRecipient(name);
    private final String address = name + "@example.com";

    private void verified(String at) {
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(address)
                .setVerifiedAt(Instant.parse(at)));
    }

    private void fetch(String eventId) {
        dispatcher.match(Samples.matched(
                "token:" + token,
                Samples.advisory().setPackageName(eventId + "-" + name),
                List.of(Samples.download(eventId, "2099-04-15T08:30:00Z", Samples.orgToken("t1")))));
    }

    private void untilTheLedgerHas(String state, int rows) {
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.rows("""
                        select l.state from notification_dispatcher.notification n
                        join notification_dispatcher.ledger l using (notification_id)
                        where n.audience = ? and l.state || coalesce(' ' || l.reason, '') = ?
                        """, "token:" + token, state).size() == rows);
    }

    @Test
    void stopsAtTheClickAndNotAtALookUntilTheAddressIsVerifiedAgain() {
        // Given
        verified("2026-01-01T00:00:00Z");
        fetch("e1");
        CaughtMail mail = dispatcher.awaitMails(address, 1).getFirst();
        String header = mail.header("List-Unsubscribe").orElseThrow();
        String path = header.replaceFirst("<https://[^/]*", "").replaceFirst(">$", "");
        assertTrue(mail.text().orElseThrow().contains("https://tocsin.example.com" + path), header);
        assertEquals(
                "List-Unsubscribe=One-Click",
                mail.header("List-Unsubscribe-Post").orElseThrow());

        // When a scanner looks
        HttpResponse<String> page = dispatcher.send("GET", path, "", "");
        fetch("e2");

        // Then
        assertEquals(200, page.statusCode());
        assertTrue(page.body().contains("<form method=\"post\">"), page.body());
        dispatcher.awaitMails(address, 2);

        // When a mail program posts, twice
        assertEquals(200, dispatcher.send("POST", path, "", "").statusCode());
        assertEquals(200, dispatcher.send("POST", path, "", "").statusCode());
        fetch("e3");

        // Then
        untilTheLedgerHas("suppressed unsubscribed", 1);

        // When the address is erased, which leaves the token's registration to the platform
        dispatcher.produce(
                Topics.PRIVACY_ERASURE.name(),
                "erasure-" + name,
                MessageCodec.of(PrivacyErasure.class)
                        .encode(PrivacyErasure.newBuilder()
                                .setErasureId("erasure-" + name)
                                .setRequestedAt(Instant.parse("2098-01-01T00:00:00Z"))
                                .setEmailHash(RecordKeys.emailRecipient(address))
                                .build()));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> !dispatcher
                        .rows(
                                "select 1 from notification_dispatcher.erasure where subject = ?",
                                RecordKeys.privacyErasure(
                                        new ErasureSubject.OfEmail(RecordKeys.emailRecipient(address))))
                        .isEmpty());
        fetch("e4");

        // Then it stays so
        untilTheLedgerHas("suppressed unsubscribed", 2);

        // When
        verified("2098-01-01T00:00:00Z");
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .bean(TokenDirectory.class)
                        .addressOf(token)
                        .orElseThrow()
                        .verifiedAt()
                        .isAfter(Instant.parse("2097-01-01T00:00:00Z")));
        fetch("e5");

        // Then
        dispatcher.awaitMails(address, 3);
        untilTheLedgerHas("delivered", 3);
    }

    @Test
    void refusesAForgedLink() {
        String forged =
                "/unsubscribe/" + new LinkToken("unsubscribe", "another key of at least 32 letters").sign(token);
        for (String method : List.of("GET", "POST")) {
            assertEquals(410, dispatcher.send(method, forged, "", "").statusCode());
        }
    }
}
