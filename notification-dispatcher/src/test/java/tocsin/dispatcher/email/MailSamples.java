package tocsin.dispatcher.email;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.ledger.Notification;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.EmailRequested;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

/** Notices that whole mails are composed of. */
final class MailSamples {

    private static final UUID NOTIFICATION = UUID.fromString("00000000-0000-5000-8000-000000000001");
    private static final String TOKEN = "token:" + "a".repeat(64);

    private MailSamples() {}

    /** What the SMTP side is asked for. */
    static EmailRequested requested(String audience) {
        return EmailRequested.newBuilder()
                .setEmailId("mail-1")
                .setNotificationId("1")
                .setAudience(audience)
                .setRecipient("a@example.com")
                .setLanguage("en")
                .setSubject("Subject")
                .setText("Text")
                .setHtml("<p>Text</p>")
                .setInReplyTo("mail-0")
                .build();
    }

    /** An organisation fetched malware. */
    static BreachNotice malware() {
        AdvisoryAccepted.Builder advisory = Samples.advisory()
                .setAliases(List.of("MAL-2026-1"))
                .setAdvisoryUrl("https://example.org/advisories/1")
                .setSummary("Sends tokens to https://evil.example.com/collect at installation.");
        return notice(
                "org:acme",
                advisory,
                List.of(
                        Samples.download("e1", "2026-04-15T08:30:00Z", Samples.bot("b1", "example-org/example-repo")),
                        Samples.download("e2", "2026-04-14T12:00:00Z", Samples.human("u1"))),
                false,
                Notification.Kind.BREACH);
    }

    /** An organisation fetched two more, the worse one later. */
    static DigestNotice digest() {
        BreachNotice vulnerable = notice(
                "org:acme",
                vulnerable(),
                List.of(Samples.download("e1", "2026-04-15T08:30:00Z", Samples.bot("b1", "example-org/example-repo"))),
                false,
                Notification.Kind.FOLLOW_UP);
        return new DigestNotice(
                UUID.fromString("00000000-0000-5000-8000-000000000002"),
                vulnerable.audience(),
                List.of(vulnerable, malware()),
                List.of(),
                Optional.empty());
    }

    /** What webhooks did not bring: one that is bad, one that is not any more. */
    static DigestNotice undelivered() {
        BreachNotice malware = malware();
        return new DigestNotice(
                UUID.fromString("00000000-0000-5000-8000-000000000002"),
                malware.audience(),
                List.of(malware),
                List.of(withdrawn()),
                Optional.empty());
    }

    static WithdrawnNotice withdrawn() {
        return new WithdrawnNotice(
                NOTIFICATION,
                new Audience.Organisation("acme"),
                Samples.read(Samples.matched(
                                "org:acme",
                                vulnerable()
                                        .setAliases(List.of("CVE-2026-1"))
                                        .setWithdrawnAt(Samples.PUBLISHED.plusSeconds(60)),
                                List.of()))
                        .advisory(),
                true,
                Optional.empty());
    }

    /** More downloads with a personal token of something vulnerable, and not all of them. */
    static BreachNotice vulnerability() {
        return notice(
                TOKEN,
                vulnerable(),
                List.of(Samples.download("e1", "2026-04-15T08:30:00Z", Samples.orgToken("t1"))),
                true,
                Notification.Kind.FOLLOW_UP);
    }

    /** As the drill makes it. */
    static BreachNotice drill() {
        return notice(
                "org:acme",
                Samples.advisory()
                        .setFeed("drill")
                        .setAdvisoryId("DRILL-1")
                        .setPackageName("tocsin-drill")
                        .setSummary("This is a drill. There is no such package, and nobody fetched it."),
                List.of(Samples.download("e1", "2026-04-15T08:30:00Z", Samples.bot("drill", "example-org/drill"))),
                false,
                Notification.Kind.DRILL);
    }

    private static AdvisoryAccepted.Builder vulnerable() {
        return Samples.advisory()
                .setAdvisoryId("PYSEC-2026-1")
                .setEcosystem("pypi")
                .setKind(AdvisoryKind.VULNERABILITY)
                .setSeverity(Severity.UNKNOWN)
                .setSummary("Parses hostile input.")
                .setRanges(List.of(VersionRange.newBuilder()
                        .setEvents(List.of(VersionEvent.newBuilder()
                                .setKind(VersionEventKind.FIXED)
                                .setVersion("1.0.1")
                                .build()))
                        .build()));
    }

    static BreachNotice notice(
            String audience,
            AdvisoryAccepted.Builder advisory,
            List<AffectedDownload> downloads,
            boolean truncated,
            Notification.Kind kind) {
        Match match = Samples.read(Samples.matched(audience, advisory, downloads));
        return new BreachNotice(
                NOTIFICATION,
                match.audience(),
                match.advisory(),
                match.fetchedVersions(),
                match.downloads(),
                truncated,
                kind,
                false,
                Optional.empty(),
                match.audience() instanceof Audience.Token
                        ? Optional.of("https://tocsin.example.com/unsubscribe/t")
                        : Optional.empty());
    }
}
