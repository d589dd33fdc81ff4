package tocsin.tracker.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.TokenRegistered;

class TenureTest {

    private static final Instant EARLIER = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant REVOKED = Instant.parse("2026-02-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final Audience.Token TOKEN = new Audience.Token("a".repeat(64));
    private static final Principal CI =
            new Principal(Principal.Kind.CI_CD, "bot-1", Optional.of("deploy"), Optional.empty(), Optional.empty());

    /** Each holder has the token since {@link #EARLIER}, but for one who has it from the first. */
    @ParameterizedTest(name = "{0} then {1}: {2}")
    @CsvSource(textBlock = """
            never registered,   org acme,     always
            never registered,   person ann,   always
            first acme,         org acme,     always
            first acme,         org globex,   now
            org acme,           org acme,     earlier
            org acme,           org globex,   now
            org acme,           person ann,   now
            person ann,         org acme,     now
            person ann,         person ann,   earlier
            person ann,         person bob,   now
            person -,           person ann,   earlier
            person ann,         person -,     now
            revoked acme,       org acme,     earlier
            revoked acme,       org globex,   revoked
            revoked acme,       person ann,   revoked
            revoked -,          org acme,     revoked
            revoked -,          person ann,   revoked
            """)
    void givesATokenToItsNextHolderFromTheirTimeOn(String before, String next, String since) {
        // When
        Optional<Instant> held = Tenure.since(
                before.startsWith("never") ? Optional.empty() : Optional.of(registration(before)),
                registration(next),
                NOW);

        // Then
        assertEquals(
                switch (since) {
                    case "always" -> Optional.empty();
                    case "earlier" -> Optional.of(EARLIER);
                    case "revoked" -> Optional.of(REVOKED);
                    default -> Optional.of(NOW);
                },
                held);
    }

    @Test
    void givesNobodyAnothersTokenByWayOfNoAddress() {
        // When
        Optional<Instant> taken = Tenure.since(Optional.of(registration("person ann")), registration("person -"), NOW);
        Optional<Instant> given = Tenure.since(
                Optional.of(new TokenRegistration.OfPerson(Optional.empty(), taken)),
                registration("person bob"),
                NOW.plusSeconds(1));

        // Then
        assertEquals(Optional.of(NOW), given);
    }

    @Test
    void keepsOfARevokedTokenWhoseItWasInItsOrganisationAndNothingElse() {
        // When
        TokenRegistered left = Tenure.revoked(TOKEN, Optional.of(registration("org acme")), NOW)
                .orElseThrow();

        // Then
        assertEquals(
                TokenRegistered.newBuilder()
                        .setTokenId(TOKEN.tokenId())
                        .setOrgId("acme")
                        .setPrincipal(new tocsin.schemas.avro.Principal(PrincipalType.CI_CD, "bot-1", null, null, null))
                        .setHeldSince(EARLIER)
                        .setRevokedAt(NOW)
                        .build(),
                left);
        assertEquals(
                new TokenRegistration.Revoked(
                        Optional.of(new Audience.Organisation("acme")),
                        Optional.of(new Principal(
                                Principal.Kind.CI_CD, "bot-1", Optional.empty(), Optional.empty(), Optional.empty())),
                        Optional.of(EARLIER),
                        NOW),
                TokenRegistrations.read(left));
    }

    /** An address that was erased would not be found in what is left, and the id would come back with a late log. */
    @Test
    void keepsOfAPersonInAnOrganisationThatItWasOne() {
        // Given
        Principal ann = new Principal(
                Principal.Kind.HUMAN, "ann", Optional.of("Ann"), Optional.of("ann@example.com"), Optional.empty());

        // When
        TokenRegistered left = Tenure.revoked(
                        TOKEN,
                        Optional.of(new TokenRegistration.OfOrganisation(
                                new Audience.Organisation("acme"), ann, Optional.of(EARLIER))),
                        NOW)
                .orElseThrow();

        // Then
        assertEquals(
                new tocsin.schemas.avro.Principal(PrincipalType.HUMAN, "erased", null, null, null),
                left.getPrincipal().orElseThrow());
    }

    @Test
    void keepsNothingOfAPersonWhoseTokenIsRevoked() {
        // When
        TokenRegistered left = Tenure.revoked(TOKEN, Optional.of(registration("person ann")), NOW)
                .orElseThrow();

        // Then
        assertEquals(
                TokenRegistered.newBuilder()
                        .setTokenId(TOKEN.tokenId())
                        .setHeldSince(EARLIER)
                        .setRevokedAt(NOW)
                        .build(),
                left);
    }

    @Test
    void writesNothingForATokenThatIsNobodysAlready() {
        assertEquals(Optional.empty(), Tenure.revoked(TOKEN, Optional.empty(), NOW));
        assertEquals(Optional.empty(), Tenure.revoked(TOKEN, Optional.of(registration("revoked acme")), NOW));
    }

    private static TokenRegistration registration(String words) {
        String kind = words.split(" ", 2)[0];
        Optional<String> who = Optional.of(words.split(" ", 2)[1]).filter(it -> !it.equals("-"));
        Optional<Audience.Organisation> organisation = who.map(Audience.Organisation::new);
        return switch (kind) {
            case "first" -> new TokenRegistration.OfOrganisation(organisation.orElseThrow(), CI, Optional.empty());
            case "org" -> new TokenRegistration.OfOrganisation(organisation.orElseThrow(), CI, Optional.of(EARLIER));
            case "revoked" ->
                new TokenRegistration.Revoked(organisation, Optional.empty(), Optional.of(EARLIER), REVOKED);
            default -> new TokenRegistration.OfPerson(who, Optional.of(EARLIER));
        };
    }
}
