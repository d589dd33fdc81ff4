package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.testsupport.CaughtMail;

/** Organisations whose campaign window never ends by itself: a test ends it. */
final class Campaigns {

    static final Map<String, Object> LONG_WINDOW = Map.of("tocsin.campaign.window", "PT12H");

    /** Made when the first test asks. */
    private static final class Shared {
        static final RunningDispatcher INSTANCE = RunningDispatcher.beside(LONG_WINDOW);
    }

    private Campaigns() {}

    static RunningDispatcher dispatcher() {
        return Shared.INSTANCE;
    }

    static AdvisoryMatched.Builder matched(String org, String name) {
        return Samples.matched(
                "org:" + org,
                Samples.advisory().setAdvisoryId("MAL-" + name).setPackageName(name),
                List.of(Samples.download("e-" + name, "2026-04-15T08:30:00Z", Samples.human("u1"))));
    }

    static AdvisoryMatched.Builder withdrawn(String org, String name) {
        return revised(org, name, 60, true);
    }

    /** A later word on what {@link #matched} tells: that it is withdrawn, or that it counts. */
    static AdvisoryMatched.Builder revised(String org, String name, int seconds, boolean withdrawn) {
        Instant revision = Samples.PUBLISHED.plusSeconds(seconds);
        AdvisoryAccepted.Builder advisory = Samples.advisory()
                .setAdvisoryId("MAL-" + name)
                .setPackageName(name)
                .setRevision(revision);
        return withdrawn
                ? Samples.matched("org:" + org, advisory.setWithdrawnAt(revision), List.of())
                : Samples.matched(
                        "org:" + org,
                        advisory,
                        List.of(Samples.download("e-" + name, "2026-04-15T08:30:00Z", Samples.human("u1"))));
    }

    /** The first is told when this returns, and the others wait. */
    static void tellOf(String org, String first, String... others) {
        dispatcher().match(matched(org, first));
        notices(org, 1);
        for (String name : others) {
            dispatcher().match(matched(org, name));
        }
        awaitRows(org, others.length, "breach email pending -");
    }

    /** Mails but the confirmation. */
    static List<CaughtMail> notices(String org, int atLeast) {
        return dispatcher().awaitMails(org + "@example.com", 1 + atLeast).stream()
                .skip(1)
                .toList();
    }

    /** A token whose holder was mailed one notice, while another waits. @return its id */
    static String tokenWithOneThatWaits(String address) {
        String token = RecordKeys.emailRecipient(address);
        dispatcher()
                .registerToken(TokenRegistered.newBuilder()
                        .setTokenId(token)
                        .setVerifiedEmail(address)
                        .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z")));
        for (String name : List.of("first", "second")) {
            dispatcher()
                    .match(Samples.matched(
                            "token:" + token,
                            Samples.advisory().setAdvisoryId("MAL-" + name).setPackageName(name),
                            List.of(Samples.download("e-" + name, "2026-04-15T08:30:00Z", Samples.orgToken("t1")))));
        }
        awaitStates(token, "delivered -", "pending -");
        return token;
    }

    /** Mails are off, and the endpoint gets what there is. */
    static void tellOnly(String org, String endpoint) {
        dispatcher()
                .ok(
                        "PUT",
                        "/v1/orgs/" + org + "/breach-notifications",
                        dispatcher().owner(org),
                        "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"}}");
    }

    static void endWindow(RunningDispatcher dispatcher, String org) {
        endWindowOf(dispatcher, "org:" + org);
    }

    static void endWindowOf(RunningDispatcher dispatcher, String audience) {
        dispatcher.update("""
                update notification_dispatcher.kept_notice k set digest_at = now() - interval '1 minute'
                from notification_dispatcher.notification n
                where n.notification_id = k.notification_id and k.digest_at is not null and n.audience = ?
                """, audience);
    }

    /** Until so many rows of the organisation's ledger say this; the others may say what they like. */
    static void awaitRows(String org, int times, String row) {
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() ->
                        assertEquals(times, Collections.frequency(dispatcher().ledger(org), row), row));
    }

    static void awaitLedger(String org, String... rows) {
        List<String> expected = Stream.of(rows).sorted().toList();
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        expected,
                        dispatcher().ledger(org).stream()
                                .filter(it -> !it.startsWith("address_confirmation"))
                                .sorted()
                                .toList()));
    }

    /** How the rows of a token's mails stand, with the reasons. */
    static List<String> states(String token) {
        return dispatcher().rows("""
                select l.state, coalesce(l.reason, '-') from notification_dispatcher.notification
                join notification_dispatcher.ledger l using (notification_id) where audience = ? order by 1, 2
                """, "token:" + token);
    }

    static void awaitStates(String token, String... states) {
        await().atMost(RunningDispatcher.SOON).untilAsserted(() -> assertEquals(List.of(states), states(token)));
    }
}
