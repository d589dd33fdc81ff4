package tocsin.dispatcher.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.dispatcher.routing.Routes.HOURLY;
import static tocsin.dispatcher.routing.Routes.entitled;
import static tocsin.dispatcher.routing.Routes.match;
import static tocsin.dispatcher.routing.Routes.memory;
import static tocsin.dispatcher.routing.Routes.rated;
import static tocsin.dispatcher.routing.Routes.settings;
import static tocsin.dispatcher.routing.Routes.tell;
import static tocsin.dispatcher.routing.Routes.time;
import static tocsin.dispatcher.routing.Routes.verdictAt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.settings.Entitlements;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Severity;

/** What is new to who was told before, and what it is called. */
class RouterMemoryTest {

    @ParameterizedTest
    @CsvSource({
        // told before, out of e0 to e9 -> new, truncated
        "'', 10, true",
        "e1 e2 e3 e4 e5 e6 e7 e8 e9, 1, false",
        "e0 e9, 8, false",
        "e0 e1 e2 e3 e4 e5 e6 e7 e8, 1, true",
    })
    void isTruncatedByTheCapAloneNotByWhatWasToldBefore(String told, int tells, boolean truncated) {
        // Given
        Match match = Samples.read(
                Samples.matched("org:acme", Samples.advisory(), HOURLY).setNextOlderAt(time("00:30")));
        Memory memory = memory(Set.of(told.split(" ")), true, true);

        // When
        Verdict.Tell tell = tell(
                Router.route(match, memory, entitled(settings("00:00", "off"))).getFirst());

        // Then
        assertEquals(tells, tell.downloads().size());
        assertEquals(truncated, tell.truncated());
    }

    @Test
    void isCalledAfterWhatIsToldNotAfterWhatIsRefused() {
        // Given a webhook that may not be told of a version that nobody heard of, and a mail of downloads since then
        // only
        Match match = Samples.read(Samples.matched(
                "org:acme",
                Samples.advisory(),
                List.of(
                        HOURLY.get(0),
                        AffectedDownload.newBuilder(HOURLY.get(9))
                                .setVersion("2.0.0")
                                .build())));
        Standing standing = new Standing.Organisation(settings("00:00", "09:00"), new Entitlements(true, false));
        Memory memory = memory(Set.of(), true, true);

        // When
        List<Decision> decisions = Router.route(match, memory, standing);

        // Then
        assertEquals("webhooks_not_entitled", verdictAt("WH1", decisions));
        assertEquals("tell", verdictAt("email", decisions));
        assertEquals(Notification.Kind.FOLLOW_UP, Router.kind(match, memory, decisions));
    }

    @ParameterizedTest
    @CsvSource({
        // told before by an advisory that names 1.0.0 only, out of e0 to e9 -> how many, truncated
        "e1 e2 e3 e4 e5 e6 e7 e8 e9, 1, true",
        "e0 e9, 8, true",
        // That there are more was told to nobody.
        "e0 e1 e2 e3 e4 e5 e6 e7 e8 e9, 10, true",
    })
    void saysThatThereAreMoreOfVersionsThatTheAudienceHasNotHeardOf(String told, int tells, boolean truncated) {
        // Given
        Match match = Samples.read(Samples.matched("org:acme", Samples.advisory(), HOURLY)
                .setFetchedVersions(List.of("0.9.0", "1.0.0"))
                .setNextOlderAt(time("00:30")));
        Memory memory = memory(Set.of(told.split(" ")), true, true);

        // When
        List<Decision> here = Router.route(match, memory, entitled(settings("00:00", "off")));
        List<Decision> notSince = Router.route(match, memory, entitled(settings("00:31", "off")));

        // Then
        assertEquals(tells, tell(here.getFirst()).downloads().size());
        assertEquals(truncated, tell(here.getFirst()).truncated());
        assertEquals(Notification.Kind.WIDENED, Router.kind(match, memory, here));
        // What was left out was fetched before.
        assertEquals(Notification.Kind.FOLLOW_UP, Router.kind(match, memory, notSince));
        assertEquals(tells == 10 ? "nothing" : "tell", verdictAt("WH1", notSince));
        if (tells < 10) {
            assertEquals(false, tell(notSince.getFirst()).truncated());
        }
    }

    @ParameterizedTest
    @CsvSource({
        // told versions, told severity, match: version, severity, late -> kind
        "'', '', 1.0.0, HIGH, false, BREACH",
        "'', '', 1.0.0, HIGH, true, BREACH",
        "1.0.0, HIGH, 1.0.0, HIGH, true, FOLLOW_UP",
        "1.0.0, HIGH, 1.0.0, HIGH, false, FOLLOW_UP",
        "1.0.0, HIGH, 2.0.0, HIGH, true, FOLLOW_UP",
        "1.0.0, HIGH, 2.0.0, HIGH, false, WIDENED",
        "1.0.0, HIGH, 2.0.0, CRITICAL, false, SEVERITY_RAISED",
        "1.0.0, CRITICAL, 2.0.0, HIGH, false, WIDENED",
        // The payload has called it medium.
        "1.0.0, UNKNOWN, 1.0.0, MEDIUM, false, FOLLOW_UP",
        "1.0.0, UNKNOWN, 1.0.0, HIGH, false, SEVERITY_RAISED",
        // Nobody rated it more severe.
        "1.0.0, LOW, 1.0.0, UNKNOWN, false, FOLLOW_UP",
    })
    void saysWhatItIsToWhoKnowsSoMuch(
            String versions, String told, String version, Severity severity, boolean late, Notification.Kind kind) {
        // Given
        Memory memory = new Memory(
                Set.of("other"),
                Set.of(versions),
                told.isEmpty() ? Optional.empty() : Optional.of(Severity.valueOf(told)),
                true);

        // When
        Match match = rated(severity, late, version);
        List<Decision> decisions = Router.route(match, memory, entitled(settings("00:00", "off")));

        // Then
        assertEquals(kind, Router.kind(match, memory, decisions));
    }

    @ParameterizedTest
    @CsvSource({
        // webhook since, email since, guard, versions of e0 and of e9, which was fetched at 01:00 -> kind
        "00:00, off, true, 1.0.0, 1.0.0, FOLLOW_UP",
        "00:00, off, true, 1.0.0, 0.9.0, WIDENED",
        "05:30, off, true, 1.0.0, 0.9.0, FOLLOW_UP",
        "05:30, off, true, 0.9.0, 1.0.0, WIDENED",
        // One of two destinations hears of it.
        "05:30, 00:00, true, 1.0.0, 0.9.0, WIDENED",
        "05:30, 05:30, true, 1.0.0, 0.9.0, FOLLOW_UP",
        // So it would have been called.
        "05:30, off, false, 1.0.0, 0.9.0, FOLLOW_UP",
        "05:30, off, false, 0.9.0, 1.0.0, WIDENED",
    })
    void isWidenedByWhatIsToldAndNotByWhatWasFetchedBefore(
            String webhookSince,
            String emailSince,
            boolean guard,
            String newest,
            String oldest,
            Notification.Kind kind) {
        // Given
        List<AffectedDownload> downloads = new ArrayList<>(HOURLY);
        downloads.set(
                0,
                AffectedDownload.newBuilder(HOURLY.getFirst())
                        .setVersion(newest)
                        .build());
        downloads.set(
                9,
                AffectedDownload.newBuilder(HOURLY.getLast()).setVersion(oldest).build());
        Match match = Samples.read(Samples.matched("org:acme", Samples.advisory(), downloads));
        Memory memory = memory(Set.of("e1", "e2"), true, true);

        // When
        List<Decision> decisions = Router.route(
                match,
                memory,
                new Standing.Organisation(settings(webhookSince, emailSince), new Entitlements(guard, true)));

        // Then
        assertEquals(kind, Router.kind(match, memory, decisions));
    }

    @Test
    void saysOfAllThatItIsWorse() {
        // Given
        Memory memory = new Memory(Set.of("e0", "e1"), Set.of("1.0.0"), Optional.of(Severity.HIGH), true);

        // When
        List<Decision> decisions = Router.route(match("org:acme"), memory, entitled(settings("00:00", "off")));

        // Then
        assertEquals(10, tell(decisions.getFirst()).downloads().size());
    }

    @Test
    void leavesOutWhatTheAudienceWasToldOf() {
        // Given
        Memory memory = memory(Set.of("e0", "e1", "e9"), true, true);

        // When
        List<Decision> decisions = Router.route(match("org:acme"), memory, entitled(settings("00:00", "off")));

        // Then
        assertEquals(
                List.of("e2", "e3", "e4", "e5", "e6", "e7", "e8"),
                tell(decisions.getFirst()).downloads().stream()
                        .map(Download::eventId)
                        .toList());
    }

    @Test
    void hasNothingNewWhenAllWasTold() {
        // Given
        Memory memory =
                memory(HOURLY.stream().map(AffectedDownload::getEventId).collect(Collectors.toSet()), true, true);

        // When
        List<Decision> decisions = Router.route(match("org:acme"), memory, entitled(settings("00:00", "00:00")));

        // Then
        assertEquals("nothing", verdictAt("WH1", decisions));
        assertEquals("nothing", verdictAt("email", decisions));
    }
}
