package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.ledger.Notification;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

/** What no mail may hold; {@link EmailTextTest} and {@link EmailHtmlTest} show whole ones. */
class EmailComposerTest {

    private final EmailComposer composer = new EmailComposer();

    @Test
    void listsTwentyDownloadsAndCountsTheRest() {
        // Given
        List<AffectedDownload> downloads = Samples.downloads(1000, "2026-04-15T08:00:00Z");

        // When
        Mail mail = composer.breach(
                MailSamples.notice("org:acme", Samples.advisory(), downloads, true, Notification.Kind.BREACH),
                Language.EN);

        // Then
        assertEquals(
                20, mail.text().lines().filter(it -> it.contains("my-ci-bot")).count());
        assertTrue(mail.text().contains("Downloads: 1000 (there are more)\n"), mail.text());
        assertTrue(mail.text().contains("\nand 980 more\n"), mail.text());
    }

    @Test
    void namesFetchedVersionsWhoseDownloadsAreNotInTheNotice() {
        // Given
        Match match = Samples.read(
                Samples.matched("org:acme", Samples.advisory(), Samples.downloads(1, "2026-04-15T08:00:00Z"))
                        .setFetchedVersions(List.of("0.9.0", "1.0.0")));
        BreachNotice notice = new BreachNotice(
                match.id(),
                match.audience(),
                match.advisory(),
                match.fetchedVersions(),
                match.downloads(),
                true,
                Notification.Kind.BREACH,
                false,
                Optional.empty(),
                Optional.empty());

        // When
        Mail mail = composer.breach(notice, Language.EN);

        // Then
        assertTrue(mail.text().contains("Versions:  1.0.0, 0.9.0\n"), mail.text());
    }

    @Test
    void leavesNoLinkInIdsAndVersionsThatTheFeedChose() {
        // Given
        var advisory = Samples.advisory()
                .setKind(AdvisoryKind.VULNERABILITY)
                .setAdvisoryId("https://id.example.org/login")
                .setAliases(List.of("https://alias.example.org/login", "GHSA-aaaa-bbbb-cccc"))
                .setRanges(List.of(VersionRange.newBuilder()
                        .setEvents(List.of(VersionEvent.newBuilder()
                                .setKind(VersionEventKind.FIXED)
                                .setVersion("https://fixed.example.org/login")
                                .build()))
                        .build()));

        // When
        Mail mail = composer.breach(
                MailSamples.notice(
                        "org:acme",
                        advisory,
                        Samples.downloads(1, "2026-04-15T08:00:00Z"),
                        false,
                        Notification.Kind.BREACH),
                Language.EN);

        // Then
        assertFalse((mail.text() + mail.html()).contains("example.org"), mail.text());
        assertFalse((mail.text() + mail.html()).contains("https://"), mail.text());
        assertTrue(
                mail.text().contains("Also:      https[:]//alias[.]example[.]org/login, GHSA-aaaa-bbbb-cccc\n"),
                mail.text());
    }

    @Test
    void keepsHostileTextHarmless() {
        // Given
        var advisory = Samples.advisory()
                .setAdvisoryId("X-1\r\nBcc: b@example.com")
                .setAdvisoryUrl("https://evil.example.com/?a='>")
                .setSummary("<img src=https://evil.example.com/x.png>\u202E\u0000 [pay](javascript:alert(1)) "
                        + "a".repeat(3000));

        // When
        Mail mail = composer.breach(
                MailSamples.notice(
                        "org:acme",
                        advisory,
                        Samples.downloads(1, "2026-04-15T08:00:00Z"),
                        false,
                        Notification.Kind.BREACH),
                Language.EN);

        // Then
        assertFalse(mail.subject().contains("\n"), mail.subject());
        assertFalse(mail.text().contains("\nBcc"), mail.text());
        assertFalse((mail.text() + mail.html()).contains("https://"), mail.html());
        assertFalse((mail.text() + mail.html()).contains("javascript:"), mail.html());
        assertFalse(mail.html().contains("<img"), mail.html());
        assertFalse(mail.text().contains("\u202E") || mail.text().contains("\u0000"), "control characters");
        assertTrue(mail.text()
                .contains("<img src=https[:]//evil[.]example[.]com/x[.]png> [pay](javascript[:]alert(1)) aaa"));
        assertFalse(mail.text().contains("a".repeat(1000)), "cut");
    }
}
