package tocsin.dispatcher.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.settings.BreachSettings;
import tocsin.dispatcher.settings.BreachSettings.EmailChoice;
import tocsin.dispatcher.settings.BreachSettings.WebhookChoice;
import tocsin.dispatcher.settings.Entitlements;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Severity;

class RouterTest {

    private static final Memory NOTHING_TOLD = memory(Set.of(), false, true);
    private static final String TOKEN = "token:" + "a".repeat(64);

    private static Memory memory(Set<String> told, boolean before, boolean current) {
        return new Memory(
                told,
                before ? Set.of("1.0.0") : Set.of(),
                before ? Optional.of(Severity.CRITICAL) : Optional.empty(),
                current);
    }

    /** Downloads e0 … e9, one an hour, the newest, e0, at 10:00. */
    private static final List<AffectedDownload> HOURLY = IntStream.range(0, 10)
            .mapToObj(i -> Samples.download(
                    "e" + i,
                    Instant.parse("2026-04-15T10:00:00Z")
                            .minusSeconds(3600L * i)
                            .toString(),
                    Samples.human("u1")))
            .toList();

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

    @ParameterizedTest
    @CsvSource({
        // told before by an advisory that names 1.0.0 only, out of e0 to e9 -> how many, truncated, kind
        "e1 e2 e3 e4 e5 e6 e7 e8 e9, 1, true, WIDENED",
        "e0 e9, 8, true, WIDENED",
        // That there are more was told to nobody.
        "e0 e1 e2 e3 e4 e5 e6 e7 e8 e9, 10, true, WIDENED",
    })
    void saysThatThereAreMoreOfVersionsThatTheAudienceHasNotHeardOf(
            String told, int tells, boolean truncated, Notification.Kind kind) {
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
        assertEquals(kind, Router.kind(match, memory));
        assertEquals(tells == 10 ? "nothing" : "tell", verdictAt("WH1", notSince));
        if (tells < 10) {
            assertEquals(false, tell(notSince.getFirst()).truncated());
        }
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

        // When / Then
        assertEquals(kind, Router.kind(rated(severity, late, version), memory));
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

    private static Match rated(Severity severity, boolean late, String version) {
        return Samples.read(Samples.matched(
                        "org:acme",
                        Samples.advisory().setSeverity(severity),
                        List.of(AffectedDownload.newBuilder(HOURLY.getFirst())
                                .setVersion(version)
                                .build()))
                .setLate(late));
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

    @ParameterizedTest
    @CsvSource({"00:00, , 10", "05:30, , 5", "11:00, , 0", "00:00, 05:30, 5", "05:30, 00:00, 5"})
    void tellsATokensHolderFromTheVerificationOnAndNothingOfTheHolderBefore(
            String verifiedAt, @Nullable String heldSince, int told) {
        // When
        List<Decision> decisions = Router.route(
                match(TOKEN),
                NOTHING_TOLD,
                new Standing.TokenHolder(
                        true,
                        Optional.of(new VerifiedAddress(
                                "a@example.com",
                                time(verifiedAt),
                                Optional.ofNullable(heldSince).map(RouterTest::time),
                                Language.JA)),
                        false));

        // Then
        assertEquals(
                List.of(new Destination.Email("a@example.com", Language.JA)),
                decisions.stream().map(Decision::destination).toList());
        assertEquals(
                told,
                decisions.getFirst().verdict() instanceof Verdict.Tell tell
                        ? tell.downloads().size()
                        : 0);
    }

    @Test
    void takesNoDownloadForTheNextHoldersSinceAClockWasAhead() {
        // Given downloads that were received before the token went to its holder, whatever the source says
        Match fetched = match(TOKEN);
        Match ahead = new Match(
                fetched.id(),
                fetched.audience(),
                fetched.advisory(),
                fetched.downloads().stream()
                        .map(download -> new Download(
                                download.eventId(),
                                download.version(),
                                download.fetchedAt(),
                                time("00:30"),
                                download.principal()))
                        .toList(),
                fetched.nextOlderAt(),
                fetched.fetchedVersions(),
                fetched.late());

        // When
        List<Decision> decisions = Router.route(
                ahead,
                NOTHING_TOLD,
                new Standing.TokenHolder(
                        true,
                        Optional.of(new VerifiedAddress(
                                "a@example.com", time("00:00"), Optional.of(time("00:45")), Language.EN)),
                        false));

        // Then
        assertInstanceOf(Verdict.NothingNew.class, decisions.getFirst().verdict());
    }

    @ParameterizedTest
    @CsvSource({"true, no_verified_address", "false, token_unknown"})
    void suppressesForATokenWithoutVerifiedAddress(boolean known, String reason) {
        // When
        List<Decision> decisions =
                Router.route(match(TOKEN), NOTHING_TOLD, new Standing.TokenHolder(known, Optional.empty(), false));

        // Then
        assertEquals(reason, verdictAt("email", decisions));
    }

    @Test
    void tellsNothingToWhoUnsubscribed() {
        // When
        List<Decision> decisions = Router.route(
                match(TOKEN),
                NOTHING_TOLD,
                new Standing.TokenHolder(
                        true,
                        Optional.of(new VerifiedAddress("a@example.com", time("00:00"), Optional.empty(), Language.EN)),
                        true));

        // Then
        assertEquals("unsubscribed", verdictAt("email", decisions));
    }

    private static Match match(String audience) {
        return Samples.read(Samples.matched(audience, Samples.advisory(), HOURLY));
    }

    private static Standing entitled(BreachSettings settings) {
        return new Standing.Organisation(settings, new Entitlements(true, true));
    }

    private static BreachSettings settings(String webhookSince, String emailSince) {
        return new BreachSettings(
                new WebhookChoice(!webhookSince.equals("off"), Optional.of("WH1"), since(webhookSince)),
                new EmailChoice(
                        !emailSince.equals("off"), Optional.of("a@example.com"), Language.EN, since(emailSince)),
                Optional.empty());
    }

    private static Optional<Instant> since(String time) {
        return time.equals("off") ? Optional.empty() : Optional.of(time(time));
    }

    private static Instant time(String time) {
        return Instant.parse("2026-04-15T" + time + ":00Z");
    }

    private static Verdict.Tell tell(Decision decision) {
        return assertInstanceOf(Verdict.Tell.class, decision.verdict());
    }

    private static String verdictAt(String ledgerName, List<Decision> decisions) {
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
}
