package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.testsupport.CaughtMail;

/** What holders of personal tokens are told, who have nothing to configure. */
class TokenHolderTest {

    private static final String STATES = """
            select n.kind, l.state from notification_dispatcher.notification n
            join notification_dispatcher.ledger l using (notification_id) where n.audience = ? order by n.created_at
            """;

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;

    @Test
    void mailsTheVerifiedAddressOfAToken() {
        // Given
        String token = newToken();
        String address = token.substring(0, 10) + "@example.com";
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(address)
                .setVerifiedAt(Instant.parse("2026-04-15T08:45:00Z"))
                .setLanguage("ja"));

        // When
        dispatcher.match(
                Samples.matched("token:" + token, second(), first()).setFetchedVersions(List.of("0.9.0", "1.0.0")));

        // Then
        CaughtMail mail = dispatcher.awaitMails(address, 1).getFirst();
        assertEquals("[緊急] example-pkg@1.0.0 は悪意あるパッケージです（あなたのトークンでダウンロード済み）", mail.subject());
        String text = mail.text().orElseThrow();
        assertTrue(text.contains("2026-04-15T09:00:00Z"), text);
        // What another fetched before is none of the holder's affair
        assertTrue(!text.contains("2026-04-15T08:30:00Z"), text);
        assertTrue(!text.contains("0.9.0"), text);
    }

    /** What the one before was told is not the next one's, now or later. */
    @Test
    void tellsTheNextHolderOfAnIncidentAsOfANewOne() {
        // Given a holder who was told of the worst
        String token = newToken();
        String former = addressOf("former", token);
        String next = addressOf("next", token);
        dispatcher.registerToken(verified(token, former, Instant.parse("2026-04-15T08:00:00Z")));
        AdvisoryAccepted.Builder advisory = Samples.advisory().setAdvisoryId("TOKEN-" + token.substring(0, 10));
        dispatcher.match(
                Samples.matched("token:" + token, advisory.setSeverity(Severity.CRITICAL), List.of(second(), first())));
        dispatcher.awaitMails(former, 1);

        // When it is another's, who fetches the same, and it is less bad and as bad again
        Instant since = Instant.parse("2026-04-16T08:00:00Z");
        dispatcher.registerToken(verified(token, next, since).setHeldSince(since));
        AffectedDownload late = Samples.download("e9", "2026-04-16T09:00:00Z", Samples.human("u2"));
        dispatcher.match(Samples.matched(
                        "token:" + token,
                        advisory.setSeverity(Severity.HIGH).setRevision(since),
                        List.of(late, second(), first()))
                .setFetchedVersions(List.of("0.9.0", "1.0.0")));
        List<CaughtMail> mails = dispatcher.awaitMails(next, 1);
        dispatcher.match(Samples.matched(
                "token:" + token,
                advisory.setSeverity(Severity.CRITICAL).setRevision(since.plusSeconds(1)),
                List.of(late, second(), first())));
        dispatcher.awaitMails(next, 2);

        // Then
        String text = mails.getFirst().text().orElseThrow();
        assertTrue(text.contains("2026-04-16T09:00:00Z"), text);
        assertTrue(!text.contains("2026-04-15") && !text.contains("0.9.0"), text);
        assertEquals(List.of("breach", "breach", "severity_raised"), kinds(token));
    }

    @Test
    void tellsTheNextHolderLateAsOfANewOne() {
        // Given
        String token = newToken();
        String former = addressOf("former", token);
        String next = addressOf("next", token);
        dispatcher.registerToken(verified(token, former, Instant.parse("2026-04-15T08:00:00Z")));
        dispatcher.match(Samples.matched("token:" + token, first()));
        dispatcher.awaitMails(former, 1);

        // When a follow-up of the holder before waits
        dispatcher.match(Samples.matched("token:" + token, second()).setLate(true));
        Instant since = Instant.parse("2026-04-16T08:00:00Z");
        dispatcher.registerToken(verified(token, next, since).setHeldSince(since));
        dispatcher.match(
                Samples.matched("token:" + token, Samples.download("e9", "2026-04-16T09:00:00Z", Samples.human("u2")))
                        .setLate(true));

        // Then
        String text = dispatcher.awaitMails(next, 1).getFirst().text().orElseThrow();
        assertTrue(!text.contains("2026-04-15"), text);
        assertEquals(List.of("breach", "breach"), kinds(token));
    }

    @Test
    void correctsNothingAtTheNextHolderThatOnlyTheOneBeforeWasTold() {
        // Given a holder who was told, and a next one whose mail failed
        String token = newToken();
        String former = addressOf("former", token);
        String next = addressOf("next", token);
        AdvisoryAccepted.Builder advisory = Samples.advisory().setAdvisoryId("TOKEN-" + token.substring(0, 10));
        dispatcher.registerToken(verified(token, former, Instant.parse("2026-04-15T08:00:00Z")));
        dispatcher.match(Samples.matched("token:" + token, advisory, List.of(first())));
        dispatcher.awaitMails(former, 1);
        Instant since = Instant.parse("2026-04-16T08:00:00Z");
        dispatcher.registerToken(verified(token, next, since).setHeldSince(since));
        AffectedDownload theirs = Samples.download("e9", "2026-04-16T09:00:00Z", Samples.human("u2"));
        dispatcher.match(Samples.matched("token:" + token, advisory, List.of(theirs)));
        dispatcher.awaitMails(next, 1);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .rows(STATES, "token:" + token)
                        .equals(List.of("breach delivered", "breach delivered")));
        dispatcher.update("""
                update notification_dispatcher.ledger set state = 'failed' where notification_id =
                  (select notification_id from notification_dispatcher.notification where audience = ?
                   order by created_at desc limit 1)
                """, "token:" + token);

        // When it is withdrawn, and something else comes
        Instant withdrawn = Samples.PUBLISHED.plusSeconds(60);
        dispatcher.match(Samples.matched(
                "token:" + token, advisory.setRevision(withdrawn).setWithdrawnAt(withdrawn), List.of(theirs)));
        dispatcher.match(
                Samples.matched("token:" + token, Samples.advisory().setPackageName("marker-" + org), List.of(theirs)));
        dispatcher.awaitMails(next, 2);

        // Then
        assertEquals(List.of("breach", "breach", "breach"), kinds(token));
    }

    private static String newToken() {
        return UUID.randomUUID().toString().replace("-", "").repeat(2);
    }

    private static String addressOf(String holder, String token) {
        return holder + "-" + token.substring(0, 10) + "@example.com";
    }

    private List<String> kinds(String token) {
        return dispatcher.rows("""
                select kind from notification_dispatcher.notification where audience = ? order by created_at
                """, "token:" + token);
    }

    private static TokenRegistered.Builder verified(String token, String address, Instant at) {
        return TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(address)
                .setVerifiedAt(at)
                .setLanguage("en");
    }

    @Test
    void waitsAMomentForATokenThatIsStillOnItsWay() {
        // Given
        String token = newToken();
        String address = token.substring(0, 10) + "@example.com";

        // When
        dispatcher.match(Samples.matched("token:" + token, first()));
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(address)
                .setVerifiedAt(Instant.parse("2026-04-15T08:00:00Z"))
                .setLanguage("en"));

        // Then
        assertEquals(1, dispatcher.awaitMails(address, 1).size());
    }

    @Test
    void suppressesForATokenThatNobodyRegisteredWithoutHoldingUpOthers() {
        // Given more of them than could be waited for one by one
        dispatcher.withWebhook(org);
        List<String> tokens = IntStream.range(0, 40).mapToObj(i -> newToken()).toList();

        // When
        tokens.forEach(token -> dispatcher.produce(
                Topics.ADVISORY_MATCHED.name(),
                audience,
                Samples.CODEC.encode(Samples.matched("token:" + token, first()).build())));
        dispatcher.match(Samples.matched(audience, first()));

        // Then
        dispatcher.awaitWebhooks(org, 1);
        assertEquals(List.of("email suppressed token_unknown"), dispatcher.rows("""
                        select l.destination, l.state, l.reason
                        from notification_dispatcher.notification n join notification_dispatcher.ledger l using (notification_id)
                        where n.audience = ?
                        """, "token:" + tokens.getLast()));
    }

    private static AffectedDownload first() {
        return Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1"));
    }

    private static AffectedDownload second() {
        return Samples.download("e2", "2026-04-15T09:00:00Z", Samples.human("u1"));
    }
}
