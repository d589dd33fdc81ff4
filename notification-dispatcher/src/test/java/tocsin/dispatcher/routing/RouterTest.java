package tocsin.dispatcher.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.dispatcher.routing.Routes.HOURLY;
import static tocsin.dispatcher.routing.Routes.NOTHING_TOLD;
import static tocsin.dispatcher.routing.Routes.entitled;
import static tocsin.dispatcher.routing.Routes.match;
import static tocsin.dispatcher.routing.Routes.memory;
import static tocsin.dispatcher.routing.Routes.rated;
import static tocsin.dispatcher.routing.Routes.settings;
import static tocsin.dispatcher.routing.Routes.since;
import static tocsin.dispatcher.routing.Routes.tell;
import static tocsin.dispatcher.routing.Routes.time;
import static tocsin.dispatcher.routing.Routes.verdictAt;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

/** Which destination is told, and since when. */
class RouterTest {

    @ParameterizedTest
    @CsvSource({
        // webhook since, email since, guard, webhooks -> webhook, email
        "00:00, 00:00, true, true, tell, tell",
        "00:00, off, true, true, tell, -",
        "off, 00:00, true, true, -, tell",
        "off, off, true, true, -, -",
        "00:00, 00:00, false, true, guard_not_entitled, guard_not_entitled",
        "00:00, 00:00, false, false, guard_not_entitled, guard_not_entitled",
        "00:00, 00:00, true, false, webhooks_not_entitled, tell",
        "11:00, 00:00, true, true, nothing, tell",
        "00:00, 11:00, true, true, tell, nothing",
        // What nobody would have been told of is not suppressed either.
        "11:00, 11:00, false, false, nothing, nothing",
    })
    void decidesForEachDestinationByItself(
            String webhookSince, String emailSince, boolean guard, boolean webhooks, String webhook, String email) {
        // When
        List<Decision> decisions = Router.route(
                match("org:acme"),
                NOTHING_TOLD,
                new Standing.Organisation(settings(webhookSince, emailSince), new Entitlements(guard, webhooks)));

        // Then
        assertEquals(webhook, verdictAt("WH1", decisions));
        assertEquals(email, verdictAt("email", decisions));
    }

    @ParameterizedTest
    @CsvSource({
        // since -> how many of the hourly ones
        "00:00, 10",
        "01:00, 10",
        "05:30, 5",
        "10:00, 1",
        "05:00, 6",
    })
    void tellsDownloadsFromTheMomentOfTheSaveOn(String since, int told) {
        // When
        List<Decision> decisions = Router.route(match("org:acme"), NOTHING_TOLD, entitled(settings(since, since)));

        // Then
        decisions.forEach(it -> assertEquals(told, tell(it).downloads().size()));
    }

    @ParameterizedTest
    @CsvSource({
        // since, next older at -> truncated
        "00:00, '', false",
        "00:00, 00:30, true",
        "00:30, 00:30, true",
        "00:31, 00:30, false",
    })
    void saysWhetherOlderOnesThatBelongHereAreLeftOut(String since, String nextOlder, boolean truncated) {
        // Given
        Match match = Samples.read(Samples.matched("org:acme", Samples.advisory(), HOURLY)
                .setNextOlderAt(nextOlder.isEmpty() ? null : time(nextOlder)));

        // When
        List<Decision> decisions = Router.route(match, NOTHING_TOLD, entitled(settings(since, since)));

        // Then
        decisions.forEach(it -> assertEquals(truncated, tell(it).truncated()));
    }

    @Test
    void cutsExactlyForTwoDestinationsAtTheCap() {
        // Given 1000 downloads, a second apart, and a 1001st before them
        List<AffectedDownload> thousand = Samples.downloads(1000, "2026-04-15T08:00:00Z");
        Instant next = thousand.getLast().getFetchedAt().minusSeconds(1);
        Match match = Samples.read(
                Samples.matched("org:acme", Samples.advisory(), thousand).setNextOlderAt(next));
        BreachSettings settings = new BreachSettings(
                new WebhookChoice(true, Optional.of("WH1"), Optional.of(next)),
                new EmailChoice(true, Optional.of("a@example.com"), Language.EN, Optional.of(next.plusMillis(1))),
                Optional.empty());

        // When
        List<Decision> decisions = Router.route(match, NOTHING_TOLD, entitled(settings));

        // Then
        assertEquals(1000, tell(decisions.get(0)).downloads().size());
        assertEquals(true, tell(decisions.get(0)).truncated());
        assertEquals(1000, tell(decisions.get(1)).downloads().size());
        assertEquals(false, tell(decisions.get(1)).truncated());
    }

    @ParameterizedTest
    @CsvSource({
        // floor, severity -> verdict
        "'', LOW, tell",
        "LOW, LOW, tell",
        "MEDIUM, LOW, below_severity_floor",
        "HIGH, MEDIUM, below_severity_floor",
        "HIGH, HIGH, tell",
        "HIGH, CRITICAL, tell",
        "CRITICAL, HIGH, below_severity_floor",
        // Nobody knows how bad it is.
        "CRITICAL, UNKNOWN, tell",
    })
    void tellsNothingBelowTheFloor(String floor, Severity severity, String verdict) {
        // Given
        BreachSettings all = settings("00:00", "00:00");
        BreachSettings settings = new BreachSettings(
                all.webhook(), all.email(), floor.isEmpty() ? Optional.empty() : Optional.of(Severity.valueOf(floor)));

        // When
        List<Decision> decisions = Router.route(rated(severity, false, "1.0.0"), NOTHING_TOLD, entitled(settings));

        // Then
        assertEquals(verdict, verdictAt("WH1", decisions));
        assertEquals(verdict, verdictAt("email", decisions));
    }

    @ParameterizedTest
    @CsvSource({"withdrawn", "narrowed", "replaced by a withdrawal"})
    void ringsForNothingThatIsNoMoreAffected(String why) {
        // Given
        var advisory = Samples.advisory()
                .setWithdrawnAt(why.equals("withdrawn") ? Samples.PUBLISHED : null)
                .setNarrowed(why.equals("narrowed"));
        Memory memory = memory(Set.of(), false, !why.startsWith("replaced"));

        // When
        List<Decision> decisions = Router.route(
                Samples.read(Samples.matched("org:acme", advisory, HOURLY)),
                memory,
                entitled(settings("00:00", "off")));

        // Then
        assertEquals("nothing", verdictAt("WH1", decisions));
    }
}
