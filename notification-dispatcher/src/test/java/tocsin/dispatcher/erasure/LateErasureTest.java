package tocsin.dispatcher.erasure;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.schemas.avro.TokenRegistered;

/** Late downloads that wait for each other name nobody who was erased. */
class LateErasureTest {

    private static RunningDispatcher dispatcher;

    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;

    @BeforeAll
    static void start() {
        dispatcher = RunningDispatcher.beside(Map.of("tocsin.follow-up.window", "PT24H"));
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    private AffectedDownload download(int number) {
        return Samples.download(
                "e" + number,
                "2026-04-15T08:0" + number + ":00Z",
                Principal.newBuilder(Samples.human("id-" + org))
                        .setName("name-" + org)
                        .setEmail(org + "@example.com")
                        .build());
    }

    /** Tells of one download, and has another of the same person wait. */
    private void waits(String of) {
        dispatcher.match(Samples.matched(of, Samples.advisory().setPackageName("pkg-" + org), List.of(download(1))));
        dispatcher.match(Samples.matched(of, Samples.advisory().setPackageName("pkg-" + org), List.of(download(2)))
                .setLate(true));
        await().atMost(RunningDispatcher.SOON).until(() -> waiting(of).size() == 1);
        assertTrue(waiting(of).getFirst().contains("name-" + org));
    }

    private static List<String> waiting(String of) {
        return dispatcher.rows(
                "select encode(match, 'escape') from notification_dispatcher.late_match where audience = ?", of);
    }

    private void erase(PrivacyErasure.Builder subject) {
        PrivacyErasure erasure = subject.setErasureId("erasure-" + org)
                .setRequestedAt(Instant.parse("2026-05-01T00:00:00Z"))
                .build();
        dispatcher.produce(
                Topics.PRIVACY_ERASURE.name(),
                RecordKeys.privacyErasure(ErasureSubject.of(erasure)),
                MessageCodec.of(PrivacyErasure.class).encode(erasure));
    }

    /** Whoever is in them. */
    private void untilNobodyIsNamed() {
        await().atMost(RunningDispatcher.SOON)
                .until(() -> waiting(audience).stream()
                        .noneMatch(it ->
                                it.contains("id-" + org) || it.contains("name-" + org) || it.contains("@example.com")));
    }

    @Test
    void takesAPrincipalOfAnOrganisationOut() {
        // Given
        dispatcher.withWebhook(org);
        waits(audience);

        // When
        erase(PrivacyErasure.newBuilder().setOrgId(org).setPrincipalId("id-" + org));

        // Then
        untilNobodyIsNamed();
        assertEquals(1, waiting(audience).size());
        assertTrue(waiting(audience).getFirst().contains(ErasureSubject.ERASED_ID));
    }

    @Test
    void takesAPrincipalOutOfNoticesThatArePending() {
        // Given
        dispatcher.withWebhook(org);
        waits(audience);
        assertTrue(kept().getFirst().contains("name-" + org));

        // When
        erase(PrivacyErasure.newBuilder().setOrgId(org).setPrincipalId("id-" + org));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> kept().stream().noneMatch(it -> it.contains("-" + org) || it.contains("@example.com")));
        assertEquals(1, kept().size());
    }

    private List<String> kept() {
        return dispatcher.rows("""
                        select encode(k.match, 'escape') from notification_dispatcher.kept_notice k
                        join notification_dispatcher.notification n using (notification_id) where n.audience = ?
                        """, audience).stream()
                // Its audience and package are named after it too.
                .map(it -> it.replace("org:" + org, "").replace("pkg-" + org, ""))
                .toList();
    }

    @Test
    void takesTheOwnerOfAnAddressOut() {
        // Given
        dispatcher.withWebhook(org);
        waits(audience);

        // When
        erase(PrivacyErasure.newBuilder().setEmailHash(RecordKeys.emailRecipient(org + "@example.com")));

        // Then
        untilNobodyIsNamed();
        assertEquals(1, waiting(audience).size());
    }

    @Test
    void takesTheHolderOfATokenOutAndNobodyElse() {
        // Given
        dispatcher.withWebhook(org);
        waits(audience);
        String token = RecordKeys.emailRecipient(org);
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(token.substring(0, 12) + "@example.com")
                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z")));
        waits("token:" + token);

        // When
        erase(PrivacyErasure.newBuilder().setTokenId(token));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> waiting("token:" + token).isEmpty());
        assertTrue(waiting(audience).getFirst().contains("name-" + org));
    }

    @Test
    void namesNobodyInANoticeWhoWasErasedBeforeItsMatchCame() {
        // Given
        dispatcher.withWebhook(org);
        eraseAndRemember(PrivacyErasure.newBuilder().setOrgId(org).setPrincipalId("id-" + org));

        // When
        dispatcher.match(
                Samples.matched(audience, Samples.advisory().setPackageName("pkg-" + org), List.of(download(1))));

        // Then the organisation is told what and when
        String data = dispatcher.awaitWebhooks(org, 1).getFirst().getData();
        assertTrue(data.contains("\"total_downloads\":1"), data);
        assertTrue(data.contains(ErasureSubject.ERASED_ID), data);
        assertFalse(data.contains("name-" + org) || data.contains("id-" + org) || data.contains("@example.com"), data);
        assertTrue(kept().stream().noneMatch(it -> it.contains("-" + org)), "kept");
    }

    @Test
    void tellsOfNoDownloadWithATokenThatWasErasedBeforeItsMatchCame() {
        // Given
        String token = RecordKeys.emailRecipient("erased " + org);
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail("erased-" + org + "@example.com")
                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z")));
        eraseAndRemember(PrivacyErasure.newBuilder().setTokenId(token));
        AffectedDownload after = AffectedDownload.newBuilder(download(2))
                .setFetchedAt(Instant.parse("2026-05-02T08:00:00Z"))
                .setReceivedAt(Instant.parse("2026-05-02T08:00:00Z"))
                .build();

        // When one of two came after it
        dispatcher.match(Samples.matched(
                "token:" + token, Samples.advisory().setPackageName("pkg-" + org), List.of(after, download(1))));

        // Then
        String text = dispatcher
                .awaitMails("erased-" + org + "@example.com", 1)
                .getFirst()
                .text()
                .orElseThrow();
        assertTrue(text.contains("2026-05-02T08:00:00Z"), text);
        assertFalse(text.contains("2026-04-15"), text);
    }

    private void eraseAndRemember(PrivacyErasure.Builder subject) {
        erase(subject);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> !dispatcher
                        .rows(
                                "select requested_at from notification_dispatcher.erasure where subject = ?",
                                RecordKeys.privacyErasure(ErasureSubject.of(subject.build())))
                        .isEmpty());
    }
}
