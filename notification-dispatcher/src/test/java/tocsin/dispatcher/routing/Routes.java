package tocsin.dispatcher.routing;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.settings.BreachSettings;
import tocsin.dispatcher.settings.BreachSettings.EmailChoice;
import tocsin.dispatcher.settings.BreachSettings.WebhookChoice;
import tocsin.dispatcher.settings.Entitlements;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Severity;

/** Matches, settings and verdicts of the tests of the router. */
final class Routes {

    static final Memory NOTHING_TOLD = memory(Set.of(), false, true);
    static final String TOKEN = "token:" + "a".repeat(64);

    static Memory memory(Set<String> told, boolean before, boolean current) {
        return new Memory(
                told,
                before ? Set.of("1.0.0") : Set.of(),
                before ? Optional.of(Severity.CRITICAL) : Optional.empty(),
                current);
    }

    /** Downloads e0 … e9, one an hour, the newest, e0, at 10:00. */
    static final List<AffectedDownload> HOURLY = IntStream.range(0, 10)
            .mapToObj(i -> Samples.download(
                    "e" + i,
                    Instant.parse("2026-04-15T10:00:00Z")
                            .minusSeconds(3600L * i)
                            .toString(),
                    Samples.human("u1")))
            .toList();

    static Match rated(Severity severity, boolean late, String version) {
        return Samples.read(Samples.matched(
                        "org:acme",
                        Samples.advisory().setSeverity(severity),
                        List.of(AffectedDownload.newBuilder(HOURLY.getFirst())
                                .setVersion(version)
                                .build()))
                .setLate(late));
    }

    static Match match(String audience) {
        return Samples.read(Samples.matched(audience, Samples.advisory(), HOURLY));
    }

    static Standing entitled(BreachSettings settings) {
        return new Standing.Organisation(settings, new Entitlements(true, true));
    }

    static BreachSettings settings(String webhookSince, String emailSince) {
        return new BreachSettings(
                new WebhookChoice(!webhookSince.equals("off"), Optional.of("WH1"), since(webhookSince)),
                new EmailChoice(
                        !emailSince.equals("off"), Optional.of("a@example.com"), Language.EN, since(emailSince)),
                Optional.empty());
    }

    static Optional<Instant> since(String time) {
        return time.equals("off") ? Optional.empty() : Optional.of(time(time));
    }

    static Instant time(String time) {
        return Instant.parse("2026-04-15T" + time + ":00Z");
    }

    static Verdict.Tell tell(Decision decision) {
        return assertInstanceOf(Verdict.Tell.class, decision.verdict());
    }

    static String verdictAt(String ledgerName, List<Decision> decisions) {
        return decisions.stream()
                .filter(it -> it.destination().ledgerName().equals(ledgerName))
                .map(it -> switch (it.verdict()) {
                    case Verdict.Tell _ -> "tell";
                    case Verdict.Suppressed suppressed -> suppressed.reason().text();
                    case Verdict.NothingNew _ -> "nothing";
                })
                .findFirst()
                .orElse("-");
    }

    private Routes() {}
}
