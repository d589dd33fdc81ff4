package tocsin.tracker.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Audience;
import tocsin.tracker.identity.AttributionOutcome.Anonymous;
import tocsin.tracker.identity.AttributionOutcome.Attributed;
import tocsin.tracker.identity.AttributionOutcome.Contradictory;
import tocsin.tracker.identity.AttributionOutcome.FormerHolders;
import tocsin.tracker.identity.AttributionOutcome.UnknownToken;

class AttributionTest {

    private static final Audience.Token PERSONAL = new Audience.Token("a".repeat(64));
    private static final Audience.Token BOT = new Audience.Token("b".repeat(64));
    private static final Audience.Token NEVER_SEEN = new Audience.Token("c".repeat(64));
    private static final Audience.Organisation ACME = new Audience.Organisation("acme");

    private static final Principal CI = new Principal(
            Principal.Kind.CI_CD, "bot-1", Optional.of("deploy"), Optional.empty(), Optional.of("acme/shop"));

    private static final Instant AT = Instant.parse("2026-04-15T08:30:00Z");

    private final Map<Audience.Token, TokenRegistration> known = new HashMap<>(Map.of(
            PERSONAL,
            new TokenRegistration.OfPerson(Optional.empty(), Optional.empty()),
            BOT,
            new TokenRegistration.OfOrganisation(ACME, CI, Optional.empty())));
    private final Attribution attribution = new Attribution(token -> Optional.ofNullable(known.get(token)));

    @ParameterizedTest(name = "{0}, {1}, {2}: {3}")
    @CsvSource(nullValues = "-", textBlock = """
            organisation, principal, token,      outcome
            globex,       HUMAN,     -,          org:globex HUMAN
            globex,       CI_CD,     -,          org:globex CI_CD
            globex,       ORG_TOKEN, -,          org:globex ORG_TOKEN
            globex,       ANONYMOUS, -,          org:globex ANONYMOUS
            globex,       HUMAN,     bot,        Contradictory
            globex,       ANONYMOUS, bot,        Contradictory
            globex,       HUMAN,     personal,   Contradictory
            acme,         HUMAN,     bot,        org:acme HUMAN
            globex,       HUMAN,     never seen, org:globex HUMAN
            globex,       -,         -,          Contradictory
            globex,       -,         bot,        Contradictory
            -,            -,         bot,        org:acme CI_CD
            -,            HUMAN,     bot,        Contradictory
            -,            ANONYMOUS, bot,        org:acme CI_CD
            -,            HUMAN,     personal,   token HUMAN
            -,            CI_CD,     personal,   Contradictory
            -,            -,         personal,   token HUMAN
            -,            ANONYMOUS, personal,   token HUMAN
            -,            -,         never seen, UnknownToken
            -,            HUMAN,     never seen, UnknownToken
            -,            -,         -,          Anonymous
            -,            ANONYMOUS, -,          Anonymous
            -,            HUMAN,     -,          Contradictory
            -,            CI_CD,     -,          Contradictory
            """, useHeadersInDisplayName = true)
    void goesByOrganisationThenToken(String organisation, Principal.Kind kind, String token, String expected) {
        // Given
        Claim claim = new Claim(
                Optional.ofNullable(organisation).map(Audience.Organisation::new),
                Optional.ofNullable(kind).map(AttributionTest::someone),
                Optional.ofNullable(token).map(AttributionTest::token));

        // When
        AttributionOutcome outcome = attribution.of(claim, AT);

        // Then
        assertEquals(expected, inWords(outcome));
    }

    @Test
    void takesThePrincipalOfTheRegistrationWhole() {
        // When
        AttributionOutcome outcome =
                attribution.of(new Claim(Optional.empty(), Optional.empty(), Optional.of(BOT)), AT);

        // Then
        assertEquals(new Attributed(ACME, CI), outcome);
    }

    @Test
    void takesAPrincipalBesideItsOwnToken() {
        // Given as the proxy knows it, which may be less than was registered
        Principal claimed =
                new Principal(Principal.Kind.CI_CD, "bot-1", Optional.empty(), Optional.empty(), Optional.empty());

        // When
        AttributionOutcome outcome =
                attribution.of(new Claim(Optional.empty(), Optional.of(claimed), Optional.of(BOT)), AT);

        // Then
        assertEquals(new Attributed(ACME, CI), outcome);
    }

    /** The exact instant is the new holder's: nothing else is by {@code held_since}. */
    @ParameterizedTest
    @CsvSource({"-1, FormerHolders", "0, org:acme CI_CD", "1, org:acme CI_CD"})
    void takesATokenForItsHoldersOnlySinceTheyHaveIt(long millis, String expected) {
        // Given
        known.put(BOT, new TokenRegistration.OfOrganisation(ACME, CI, Optional.of(AT)));

        // When
        AttributionOutcome outcome =
                attribution.of(new Claim(Optional.empty(), Optional.empty(), Optional.of(BOT)), AT.plusMillis(millis));

        // Then
        assertEquals(expected, inWords(outcome));
    }

    /** Held for a second. The exact instant of the revocation is nobody's. */
    @ParameterizedTest
    @CsvSource({
        "bot,      -1001, FormerHolders",
        "bot,      -1000, org:acme CI_CD",
        "bot,      -1,    org:acme CI_CD",
        "bot,      0,     UnknownToken",
        "personal, -1001, FormerHolders",
        "personal, -1,    token HUMAN",
        "personal, 0,     UnknownToken",
        "unnamed,  -1,    UnknownToken",
    })
    void takesTheLastHolderForWhatWasFetchedBeforeTheRevocation(String token, long millis, String expected) {
        // Given
        Optional<Instant> since = Optional.of(AT.minusSeconds(1));
        known.put(BOT, new TokenRegistration.Revoked(Optional.of(ACME), Optional.of(CI), since, AT));
        known.put(PERSONAL, new TokenRegistration.Revoked(Optional.empty(), Optional.empty(), since, AT));
        known.put(NEVER_SEEN, new TokenRegistration.Revoked(Optional.of(ACME), Optional.empty(), since, AT));

        // When
        AttributionOutcome outcome = attribution.of(
                new Claim(Optional.empty(), Optional.empty(), Optional.of(token(token))), AT.plusMillis(millis));

        // Then
        assertEquals(expected, inWords(outcome));
    }

    @Test
    void takesNoPersonFromAClaimBesideARevokedToken() {
        // Given
        Principal erased =
                new Principal(Principal.Kind.HUMAN, "erased", Optional.empty(), Optional.empty(), Optional.empty());
        known.put(BOT, new TokenRegistration.Revoked(Optional.of(ACME), Optional.of(erased), Optional.empty(), AT));

        // When
        AttributionOutcome outcome = attribution.of(
                new Claim(Optional.empty(), Optional.of(someone(Principal.Kind.HUMAN)), Optional.of(BOT)),
                AT.minusMillis(1));

        // Then
        assertEquals(new AttributionOutcome.Attributed(ACME, erased), outcome);
    }

    /** Beside an organisation a token counts only where its holder at that time is known. */
    @ParameterizedTest
    @CsvSource({"-1001, org:globex HUMAN", "-1000, Contradictory", "-1, Contradictory", "0, org:globex HUMAN"})
    void holdsATokenAgainstAnOrganisationOnlyWhileItWasAnothers(long millis, String expected) {
        // Given
        known.put(
                BOT,
                new TokenRegistration.Revoked(Optional.of(ACME), Optional.of(CI), Optional.of(AT.minusSeconds(1)), AT));
        Claim claim = new Claim(
                Optional.of(new Audience.Organisation("globex")),
                Optional.of(someone(Principal.Kind.HUMAN)),
                Optional.of(BOT));

        // When
        AttributionOutcome outcome = attribution.of(claim, AT.plusMillis(millis));

        // Then
        assertEquals(expected, inWords(outcome));
    }

    @Test
    void keepsNoAddressOfTheHolderOfAPersonalToken() {
        // When
        AttributionOutcome outcome =
                attribution.of(new Claim(Optional.empty(), Optional.empty(), Optional.of(PERSONAL)), AT);

        // Then
        Attributed attributed = assertInstanceOf(Attributed.class, outcome);
        assertEquals(
                new Principal(
                        Principal.Kind.HUMAN, PERSONAL.tokenId(), Optional.empty(), Optional.empty(), Optional.empty()),
                attributed.principal());
    }

    private static Audience.Token token(String name) {
        return switch (name) {
            case "bot" -> BOT;
            case "personal" -> PERSONAL;
            default -> NEVER_SEEN;
        };
    }

    private static Principal someone(Principal.Kind kind) {
        return new Principal(kind, "someone", Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static String inWords(AttributionOutcome outcome) {
        return switch (outcome) {
            case Attributed(Audience.Organisation organisation, Principal principal) ->
                organisation.text() + " " + principal.kind();
            case Attributed(Audience.Token _, Principal principal) -> "token " + principal.kind();
            case Anonymous _, UnknownToken _, FormerHolders _, Contradictory _ ->
                outcome.getClass().getSimpleName();
        };
    }
}
