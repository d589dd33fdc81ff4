package tocsin.tracker.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Audience;
import tocsin.tracker.identity.AttributionOutcome.Anonymous;
import tocsin.tracker.identity.AttributionOutcome.Attributed;
import tocsin.tracker.identity.AttributionOutcome.Contradictory;
import tocsin.tracker.identity.AttributionOutcome.UnknownToken;

class AttributionTest {

    private static final Audience.Token PERSONAL = new Audience.Token("a".repeat(64));
    private static final Audience.Token BOT = new Audience.Token("b".repeat(64));
    private static final Audience.Token NEVER_SEEN = new Audience.Token("c".repeat(64));
    private static final Audience.Organisation ACME = new Audience.Organisation("acme");

    private static final Principal CI = new Principal(
            Principal.Kind.CI_CD, "bot-1", Optional.of("deploy"), Optional.empty(), Optional.of("acme/shop"));

    private final Map<Audience.Token, TokenRegistration> known =
            Map.of(PERSONAL, new TokenRegistration.OfPerson(), BOT, new TokenRegistration.OfOrganisation(ACME, CI));
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
        AttributionOutcome outcome = attribution.of(claim);

        // Then
        assertEquals(expected, inWords(outcome));
    }

    @Test
    void takesThePrincipalOfTheRegistrationWhole() {
        // When
        AttributionOutcome outcome = attribution.of(new Claim(Optional.empty(), Optional.empty(), Optional.of(BOT)));

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
                attribution.of(new Claim(Optional.empty(), Optional.of(claimed), Optional.of(BOT)));

        // Then
        assertEquals(new Attributed(ACME, CI), outcome);
    }

    @Test
    void keepsNoAddressOfTheHolderOfAPersonalToken() {
        // When
        AttributionOutcome outcome =
                attribution.of(new Claim(Optional.empty(), Optional.empty(), Optional.of(PERSONAL)));

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
            case Anonymous _, UnknownToken _, Contradictory _ ->
                outcome.getClass().getSimpleName();
        };
    }
}
