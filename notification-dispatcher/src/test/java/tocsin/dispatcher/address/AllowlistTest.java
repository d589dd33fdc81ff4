package tocsin.dispatcher.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.RecordKeys;
import tocsin.testsupport.CaughtMail;

class AllowlistTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String address = org + "@example.com";
    private final String list = "/v1/orgs/" + org + "/email-allowlist";

    @Test
    void asksByMailAndConfirmsByTheButtonOnly() {
        // Given
        assertEquals(202, add("ja").statusCode());
        CaughtMail mail = dispatcher.awaitMails(address, 1).getFirst();
        String link = RunningDispatcher.linkIn(mail);
        assertTrue(mail.text().orElseThrow().contains("https://tocsin.example.com" + link));

        // When a scanner follows the link, and then a person presses the button
        HttpResponse<String> page = dispatcher.send("GET", link, "", "");
        String afterTheScanner = dispatcher.ok("GET", list, dispatcher.owner(org), "");
        HttpResponse<String> answer = dispatcher.send("POST", link, "", "");

        // Then
        assertEquals(200, page.statusCode());
        assertTrue(page.body().contains("<form method=\"post\">"), page.body());
        assertFalse(page.body().contains(address), "the address is masked");
        assertTrue(page.headers().firstValue("content-type").orElseThrow().startsWith("text/html"));
        assertEquals("no-store", page.headers().firstValue("cache-control").orElseThrow());
        assertTrue(afterTheScanner.contains("\"confirmed\":false"), afterTheScanner);
        assertEquals(200, answer.statusCode());
        String after = dispatcher.ok("GET", list, dispatcher.owner(org), "");
        assertTrue(after.contains("\"confirmed\":true"), after);
    }

    @Test
    void usesALinkOnce() {
        // Given
        add("en");
        String link = RunningDispatcher.linkIn(dispatcher.awaitMails(address, 1).getFirst());
        dispatcher.ok("POST", link, "", "");

        // When / Then
        assertEquals(410, dispatcher.send("POST", link, "", "").statusCode());
        assertEquals(410, dispatcher.send("GET", link, "", "").statusCode());
    }

    @Test
    void refusesALinkThatIsTooOldReplacedOrForged() {
        // Given
        add("en");
        String old = RunningDispatcher.linkIn(dispatcher.awaitMails(address, 1).getFirst());
        dispatcher.update(
                "update notification_dispatcher.allowed_address set requested_at = requested_at - interval '1 day' where org_id = ?",
                org);
        add("en");
        String replaced =
                RunningDispatcher.linkIn(dispatcher.awaitMails(address, 2).get(1));
        dispatcher.update(
                "update notification_dispatcher.allowed_address set expires_at = requested_at where org_id = ?", org);
        String forged = old.substring(0, old.length() - 1) + (old.endsWith("A") ? "B" : "A");

        // When / Then
        for (String link : new String[] {old, replaced, forged, "/email-confirmations/x"}) {
            assertEquals(410, dispatcher.send("GET", link, "", "").statusCode(), link);
            assertEquals(410, dispatcher.send("POST", link, "", "").statusCode(), link);
        }
        assertTrue(dispatcher.ok("GET", list, dispatcher.owner(org), "").contains("\"confirmed\":false"));
    }

    /** A mail that waited may bring the same row's link for longer. */
    @Test
    void takesALinkAsLongAsItsOwnMailSays() {
        // Given
        add("en");
        CaughtMail mail = dispatcher.awaitMails(address, 1).getFirst();
        String link = RunningDispatcher.linkIn(mail);
        String expires = dispatcher
                .rows(
                        "select to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                                + " from notification_dispatcher.allowed_address where org_id = ?",
                        org)
                .getFirst();

        // When
        String path = "/email-confirmations/";
        String nonce = link.substring(path.length(), path.length() + ConfirmationLink.NONCE_LENGTH);
        String over = path
                + new LinkToken("email-confirmation", "a key that is long enough for a test")
                        .sign(new ConfirmationLink(nonce, Instant.now().minusSeconds(1)).text());

        // Then
        assertTrue(mail.text().orElseThrow().contains("good until " + expires + ","), mail.toString());
        assertEquals(410, dispatcher.send("GET", over, "", "").statusCode());
        assertEquals(410, dispatcher.send("POST", over, "", "").statusCode());
        assertEquals(200, dispatcher.send("POST", link, "", "").statusCode());
    }

    @Test
    void sendsNoSecondMailAtOnceNorToAConfirmedAddress() {
        // Given
        assertEquals(202, add("en").statusCode());

        // When / Then
        assertEquals(429, add("en").statusCode());
        dispatcher.ok(
                "POST",
                RunningDispatcher.linkIn(dispatcher.awaitMails(address, 1).getFirst()),
                "",
                "");
        assertEquals(200, add("en").statusCode());
        assertEquals(1, dispatcher.emails("org:" + org).size());
    }

    @Test
    void mailsTheFirstSpellingAgainForThatIsTheOneThatIsConfirmed() {
        // Given
        add("en");
        dispatcher.update(
                "update notification_dispatcher.allowed_address set requested_at = requested_at - interval '1 day' where org_id = ?",
                org);

        // When
        dispatcher.ok(
                "POST", list, dispatcher.owner(org), "{\"address\":\"" + address.toUpperCase(Locale.ROOT) + "\"}");

        // Then
        assertEquals(2, dispatcher.awaitMails(address, 2).size());
    }

    @Test
    void refusesWhatIsNoAddress() {
        // When
        HttpResponse<String> answer = dispatcher.send(
                "POST", list, dispatcher.owner(org), "{\"address\":\"a@example.com\\r\\nBcc: b@example.com\"}");

        // Then
        assertEquals(422, answer.statusCode(), answer.body());
        assertEquals(
                422, dispatcher.send("POST", list, dispatcher.owner(org), "{}").statusCode());
    }

    @Test
    void tellsAnOrganisationThatItAskedOftenEnough() {
        // Given
        for (int i = 1; i <= 3; i++) {
            assertEquals(202, addFor(org, address).statusCode(), "mail " + i);
            dispatcher.update(
                    "update notification_dispatcher.allowed_address set requested_at = requested_at - interval '1 hour' where org_id = ?",
                    org);
        }

        // When
        HttpResponse<String> fourth = addFor(org, address);
        dispatcher.update(
                "update notification_dispatcher.confirmation_mail set sent_at = sent_at - interval '24 hours' where recipient = ?",
                RecordKeys.emailRecipient(address));
        HttpResponse<String> tomorrow = addFor(org, address);

        // Then
        assertEquals(429, fourth.statusCode(), fourth.body());
        assertEquals(202, tomorrow.statusCode(), tomorrow.body());
    }

    @Test
    void sendsFiftyMailsADayForAnOrganisation() {
        // Given fifty, one of an address that is off the list again
        for (int i = 0; i < 50; i++) {
            assertEquals(202, addFor(org, "a" + i + "@example.com").statusCode(), "mail " + i);
        }
        dispatcher.ok("DELETE", list + "/a1@example.com", dispatcher.owner(org), "");

        // When / Then
        assertEquals(429, addFor(org, "b@example.com").statusCode());
        assertEquals(202, addFor(RunningDispatcher.newOrg(), "b@example.com").statusCode());
    }

    @Test
    void takesAnAddressOffTheListAndOutOfTheSettings() {
        // Given
        dispatcher.withMail(org, "en");
        String settings = "/v1/orgs/" + org + "/breach-notifications";
        assertTrue(dispatcher.ok("GET", settings, dispatcher.owner(org), "").contains("\"enabled\":true"));

        // When
        String upper = address.toUpperCase(Locale.ROOT);
        int removed = dispatcher
                .send("DELETE", list + "/" + upper, dispatcher.owner(org), "")
                .statusCode();

        // Then
        assertEquals(204, removed);
        assertEquals("{\"addresses\":[]}", dispatcher.ok("GET", list, dispatcher.owner(org), ""));
        assertEquals(
                "{\"webhook\":{\"enabled\":false},\"email\":{\"enabled\":false,\"language\":\"en\"}}",
                dispatcher.ok("GET", settings, dispatcher.owner(org), ""));
        assertEquals(
                404,
                dispatcher
                        .send("DELETE", list + "/" + address, dispatcher.owner(org), "")
                        .statusCode());
        assertEquals(
                422,
                dispatcher
                        .send(
                                "PUT",
                                settings,
                                dispatcher.owner(org),
                                "{\"email\":{\"enabled\":true,\"address\":\"" + address + "\"}}")
                        .statusCode());
    }

    private HttpResponse<String> addFor(String wanting, String wanted) {
        return dispatcher.send(
                "POST",
                "/v1/orgs/" + wanting + "/email-allowlist",
                dispatcher.owner(wanting),
                "{\"address\":\"" + wanted + "\"}");
    }

    private HttpResponse<String> add(String language) {
        return dispatcher.send(
                "POST",
                list,
                dispatcher.owner(org),
                "{\"address\":\"" + address + "\",\"language\":\"" + language + "\"}");
    }
}
