package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.PendingRequests;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.store.SqlClient;

/** How often an address is asked to be confirmed: whoever wants it is answered the same, however often others asked. */
class ConfirmationLimitsTest {

    private static final String SENT = "address_confirmation email delivered -";
    private static final String WAITS = "address_confirmation email pending -";
    private static final String NOT_SENT = "address_confirmation email suppressed not_sent";

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String address = org + "@example.com";

    /** Each is told that it is on its way. @return the organisations */
    private List<String> askedBy(int organisations) {
        List<String> asking = new ArrayList<>();
        for (int i = 1; i <= organisations; i++) {
            String other = RunningDispatcher.newOrg();
            ask(other);
            asking.add(other);
        }
        return asking;
    }

    private void ask(String asking) {
        String answer = dispatcher.ok(
                "POST",
                "/v1/orgs/" + asking + "/email-allowlist",
                dispatcher.owner(asking),
                "{\"address\":\"" + address + "\"}");
        assertEquals(
                "{\"address\":\"" + address + "\",\"language\":\"en\",\"confirmed\":false,\"requested_at\":\"T\"}",
                answer.replaceFirst("(?<=requested_at\":\")[^\"]*", "T"));
    }

    private void aDayPasses(List<String> asking) {
        asking.forEach(it -> new PendingRequests(dispatcher, it).aDayPasses());
        dispatcher.bean(RepairProcessor.class).askAgain();
    }

    private String linkOf(int mail) {
        return RunningDispatcher.linkIn(dispatcher.awaitMails(address, mail).get(mail - 1));
    }

    private static String nonceIn(String link) {
        int begin = "/email-confirmations/".length();
        return link.substring(begin, begin + 32);
    }

    @Test
    void asksAnAddressThreeTimesADayWhoeverWants() {
        // Given
        askedBy(3);
        dispatcher.awaitMails(address, 3);

        // When
        List<String> fourth = askedBy(1);

        // Then its mail waits
        assertEquals(List.of(WAITS), dispatcher.ledger(fourth.getFirst()));
        assertEquals(List.of(), dispatcher.emails("org:" + fourth.getFirst()));
        assertEquals(3, dispatcher.mails(address).size());

        // When a day is over
        aDayPasses(fourth);

        // Then
        assertEquals(200, dispatcher.send("POST", linkOf(4), "", "").statusCode());
    }

    @Test
    void sendsSixLaterAtMostAndTellsNobodyWhy() {
        // Given
        askedBy(3);

        // When
        List<String> others = askedBy(8);

        // Then
        for (String other : others) {
            assertEquals(List.of(WAITS), dispatcher.ledger(other));
        }

        // When a day is over
        aDayPasses(others);

        // Then
        List<String> ends = await().atMost(RunningDispatcher.SOON)
                .until(
                        () -> others.stream()
                                .flatMap(it -> dispatcher.ledger(it).stream())
                                .sorted()
                                .toList(),
                        it -> !it.contains(WAITS));
        List<String> expected = new ArrayList<>(Collections.nCopies(6, SENT));
        expected.addAll(Collections.nCopies(2, NOT_SENT));
        assertEquals(expected, ends);
        assertEquals(9, dispatcher.awaitMails(address, 9).size());
    }

    @Test
    void countsAMailOnceThatTwoInstancesWouldSend() throws Exception {
        // Given one that waited long enough
        askedBy(3);
        String fourth = askedBy(1).getFirst();
        new PendingRequests(dispatcher, fourth).aDayPasses();
        RequestRepository requests = dispatcher.bean(RequestRepository.class);
        Instant now = Instant.now();
        Instant then = now.minus(Duration.ofHours(24));
        RequestRepository.Kept kept = requests.askedBefore(then, 100).stream()
                .filter(it -> it.audience().text().equals("org:" + fourth))
                .findFirst()
                .orElseThrow();

        // When an instance sends it while another looks
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<Integer> looks = dispatcher.bean(SqlClient.class).inTransaction(() -> {
                boolean due = requests.isDue(kept, then);
                Optional<String> refusal = dispatcher.bean(Rights.class).refusal(kept);
                boolean taken = requests.take(kept, then, now);
                assertEquals("true - true", due + " " + refusal.orElse("-") + " " + taken);
                Future<Integer> looking = other.submit(
                        () -> dispatcher.bean(RepairProcessor.class).askAgain());
                dispatcher.awaitWaiting(1);
                return looking;
            });
            looks.get();
        }

        // Then
        assertEquals(
                List.of("1"),
                dispatcher.rows(
                        "select count(*) from notification_dispatcher.confirmation_mail where later and org_id = ?",
                        fourth));
        assertEquals(List.of(WAITS), dispatcher.ledger(fourth));
    }

    @Test
    void keepsTheLinkThatIsOutWhileTheNextMailWaits() {
        // Given a link that is out, and others who ask since
        ask(org);
        String link = linkOf(1);
        askedBy(9);
        dispatcher.update(
                "update notification_dispatcher.allowed_address set requested_at = requested_at - interval '1 hour' where org_id = ?",
                org);

        // When it is asked for again
        ask(org);

        // Then it is good still
        assertEquals(200, dispatcher.send("GET", link, "", "").statusCode());
        assertEquals(List.of(SENT, WAITS), dispatcher.ledger(org));

        // When the mail that waited has gone
        aDayPasses(List.of(org));

        // Then it brought the same link, for longer
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).equals(List.of(SENT, SENT)));
        String longer = RunningDispatcher.linkIn(dispatcher.mails(address).getLast());
        assertEquals(nonceIn(link), nonceIn(longer));
        assertEquals(200, dispatcher.send("GET", longer, "", "").statusCode());
        assertEquals(200, dispatcher.send("POST", link, "", "").statusCode());
    }

    @Test
    void sendsNoLinkThatIsNotGoodAnyMore() {
        // Given one that waits, of an address that was confirmed by the link that was out
        ask(org);
        String link = linkOf(1);
        askedBy(3);
        dispatcher.update(
                "update notification_dispatcher.allowed_address set requested_at = requested_at - interval '1 hour' where org_id = ?",
                org);
        ask(org);
        dispatcher.ok("POST", link, "", "");
        // And one beside another mail, whose link is the one that is good
        String other = askedBy(1).getFirst();
        new PendingRequests(dispatcher, other).keepMail(Notification.Kind.ADDRESS_CONFIRMATION, address);

        // When
        aDayPasses(List.of(org, other));

        // Then
        assertEquals(List.of(SENT, NOT_SENT), dispatcher.ledger(org));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(other).equals(List.of(SENT, NOT_SENT)));
    }
}
