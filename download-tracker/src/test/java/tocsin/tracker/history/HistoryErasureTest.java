package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.LIMIT;
import static tocsin.tracker.history.RunningTracker.download;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.testsupport.PostgresServer;

/** Who is erased is gone from the history, stays gone when the topic is read again, and every service is told. */
class HistoryErasureTest {

    private static final String TOKEN = "ab".repeat(32);
    private static final String PERSON = "person@example.com";

    private static PostgresServer postgres;
    private RunningTracker tracker;
    private Instant before;

    @BeforeAll
    static void startServer() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        postgres.close();
    }

    @BeforeEach
    void recordSome() {
        tracker = new RunningTracker(postgres, Map.of());
        tracker.start();
        before = tracker.now().minusSeconds(3_600);
        send();
        tracker.awaitRows(7);
    }

    /** Old ones of each subject and of their neighbours, one of them in no day's partition. */
    private void send() {
        tracker.record(download(1, before).setPrincipal(human("user-1", PERSON)));
        tracker.record(download(2, Instant.EPOCH).setReceivedAt(before).setPrincipal(human("user-1", PERSON)));
        tracker.record(download(3, before).setAudience("org:other").setPrincipal(human("user-1", "other@example.com")));
        tracker.record(
                download(4, before).setAudience("org:other").setPrincipal(human("user-2", "Person@Example.com")));
        tracker.record(download(5, before).setAudience("token:" + TOKEN).setPrincipal(human(TOKEN, null)));
        tracker.record(download(6, before));
        tracker.record(download(7, before.plusSeconds(100_000)).setPrincipal(human("user-1", PERSON)));
        tracker.flush();
    }

    private static Principal human(String id, @Nullable String email) {
        return Principal.newBuilder()
                .setType(PrincipalType.HUMAN)
                .setId(id)
                .setName("A Person")
                .setEmail(email)
                .build();
    }

    @AfterEach
    void closeTracker() {
        tracker.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'org_id':'acme','principal_id':'user-1'} | 2 | 7 | 1:erased 2:erased 3:user-1 4:user-2 5:token 6:bot-1 7:user-1",
                "{'token_id':'TOKEN'}                      | 1 | 6 | 1:user-1 2:user-1 3:user-1 4:user-2 6:bot-1 7:user-1",
                "{'email':' PERSON@example.com'}           | 3 | 7 | 1:erased 2:erased 3:user-1 4:erased 5:token 6:bot-1 7:user-1",
            })
    void takesTheSubjectOutOfWhatIsOlder(String body, int erased, int left, String principals) {
        // When
        String answer = erase(body);

        // Then
        String done = awaitDone(id(answer));
        assertTrue(done.contains("\"erased_rows\":" + erased), done);
        assertEquals(principals, principals());
        assertEquals(
                "0",
                tracker.query("select count(*) from download where principal_id = 'erased' and"
                        + " coalesce(principal_name, principal_email, principal_repository) is not null"));

        // And when the topic is read again by a history that was emptied
        tracker.query("with gone as (delete from download returning 1) select count(*) from gone");
        send();
        tracker.awaitRows(left);
        tracker.awaitCaughtUp();
        assertEquals(principals, principals());
    }

    /** Long after, when the subject is known by a hash only. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'org_id':'acme','principal_id':'user-1'} | 8:erased 9:user-1 10:user-2 11:token",
                "{'token_id':'TOKEN'}                      | 8:user-1 9:user-1 10:user-2",
                "{'email':' PERSON@example.com'}           | 8:erased 9:user-1 10:erased 11:token",
            })
    void bringsNobodyBackWithALogThatIsShippedMonthsLater(String body, String principals) throws Exception {
        // Given
        awaitDone(id(erase(body)));
        tracker.execute("update erasure set requested_at = requested_at - interval '100 days'");
        tracker.bean(ErasureRepository.class).forgetSubjects();
        assertEquals(
                "0",
                tracker.query(
                        "select count(*) from erasure where coalesce(org_id, principal_id, token_id, email_hash) is not null"));
        tracker.query("with gone as (delete from download returning 1) select count(*) from gone");
        Instant shipped = tracker.now();

        // When
        Instant older = shipped.minus(110, ChronoUnit.DAYS);
        tracker.record(download(8, older).setReceivedAt(shipped).setPrincipal(human("user-1", PERSON)));
        tracker.record(download(9, shipped.minus(90, ChronoUnit.DAYS)).setPrincipal(human("user-1", PERSON)));
        tracker.record(download(10, older)
                .setReceivedAt(shipped)
                .setAudience("org:other")
                .setPrincipal(human("user-2", "Person@Example.com")));
        tracker.record(download(11, older)
                .setReceivedAt(shipped)
                .setAudience("token:" + TOKEN)
                .setPrincipal(human(TOKEN, null)));
        tracker.flush();

        // Then
        tracker.awaitRows(principals.split(" ").length);
        tracker.awaitCaughtUp();
        assertEquals(
                principals,
                tracker.query("select string_agg(('x' || right(event_id::text, 4))::bit(16)::int || ':' ||"
                        + " replace(principal_id, '" + TOKEN + "', 'token'), ' ' order by event_id) from download"));
    }

    @Test
    void tellsEveryServiceWithoutNamingAnybodyInTheKey() {
        // When
        String answer = erase("{'email':'person@example.com'}");

        // Then
        List<ConsumerRecord<byte[], byte[]>> told =
                RunningTracker.BROKER.awaitRecords(tracker.prefix + Topics.PRIVACY_ERASURE.name(), 1, LIMIT);
        PrivacyErasure message =
                MessageCodec.of(PrivacyErasure.class).decode(told.getFirst().value());
        assertEquals(id(answer), message.getErasureId());
        assertTrue(ErasureSubject.of(message).covers("org:any", human("x", PERSON)));
        String all = new String(told.getFirst().key(), StandardCharsets.UTF_8)
                + new String(told.getFirst().value(), StandardCharsets.UTF_8);
        assertFalse(all.contains("person"), all);
    }

    @Test
    void givesARepeatedRequestTheSameId() {
        String body = "{'org_id':'acme','principal_id':'user-1','request_id':'ticket 7'}";

        assertEquals(id(erase(body)), id(erase(body)));
        awaitDone(id(erase(body)));
    }

    @Test
    void reachesToTheTimeOfARepeatedRequest() {
        // Given
        String body = "{'org_id':'acme','principal_id':'user-1','request_id':'ticket 7'}";
        String id = id(erase(body));
        awaitDone(id);
        tracker.record(download(8, tracker.now()).setPrincipal(human("user-1", PERSON)));
        tracker.flush();
        tracker.awaitRows(8);

        // When
        erase(body);

        // Then
        assertTrue(awaitDone(id).contains("\"erased_rows\":3"), id);
        assertEquals("1:erased 2:erased 3:user-1 4:user-2 5:token 6:bot-1 7:user-1 8:erased", principals());
    }

    @Test
    void acceptsWhileTheDatabaseIsAwayAndObeysAfter() {
        // Given
        String answer;
        postgres.stop();
        try {
            // When
            answer = erase("{'org_id':'acme','principal_id':'user-1'}");
        } finally {
            postgres.restart();
        }

        // Then
        awaitDone(id(answer));
        assertEquals("1:erased 2:erased 3:user-1 4:user-2 5:token 6:bot-1 7:user-1", principals());
    }

    @Test
    void refusesWhatNamesNobodyOrTwoAndWhoeverIsNoAdministrator() {
        for (String body : List.of(
                "{}",
                "{'org_id':'acme'}",
                "{'principal_id':'user-1'}",
                "{'org_id':'acme','principal_id':'user-1','email':'person@example.com'}",
                "{'token_id':'the raw token'}",
                "{'email':'nobody'}",
                "{'org_id':'acme','principal_id':'user-1','request_id':''}",
                "{'org_id':'acme','principal_id':'user-1','everything':true}")) {
            HttpResponse<String> answer = send(body, "admin");
            assertEquals(400, answer.statusCode(), body + answer.body());
            assertFalse(answer.body().contains("raw"), answer.body());
        }
        String owner = RunningTracker.ISSUER.token("o").org("acme", "owner").sign();
        for (String scope : List.of("proxy", "feed", "platform")) {
            assertEquals(
                    403,
                    send("{'org_id':'acme','principal_id':'user-1'}", scope).statusCode(),
                    scope);
        }
        assertEquals(403, tracker.get("/v1/privacy/erasures/x", owner).statusCode());
        assertEquals(404, tracker.get("/v1/privacy/erasures/x", admin("admin")).statusCode());
        assertEquals(List.of(), RunningTracker.BROKER.readAll(tracker.prefix + Topics.PRIVACY_ERASURE.name()));
    }

    private String principals() {
        return tracker.query("select string_agg(right(event_id::text, 1) || ':' || replace(principal_id, '" + TOKEN
                + "', 'token'), ' ' order by event_id) from download");
    }

    private String erase(String body) {
        HttpResponse<String> answer = send(body, "admin");
        assertEquals(202, answer.statusCode(), answer.body());
        return answer.body();
    }

    private HttpResponse<String> send(String body, String scope) {
        return tracker.send(
                "POST",
                "/v1/privacy/erasures",
                admin(scope),
                body.replace('\'', '"').replace("TOKEN", TOKEN));
    }

    private static String admin(String scope) {
        return RunningTracker.ISSUER.token("admin").scope(scope).sign();
    }

    private String awaitDone(String id) {
        await().atMost(LIMIT)
                .until(() -> tracker.get("/v1/privacy/erasures/" + id, admin("admin"))
                        .body()
                        .contains("\"state\":\"done\""));
        return tracker.get("/v1/privacy/erasures/" + id, admin("admin")).body();
    }

    private static String id(String body) {
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(body);
        assertTrue(id.find(), body);
        return id.group(1);
    }
}
