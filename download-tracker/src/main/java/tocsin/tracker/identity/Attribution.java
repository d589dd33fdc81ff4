package tocsin.tracker.identity;

import java.util.Optional;
import tocsin.schemas.Audience;
import tocsin.tracker.identity.AttributionOutcome.Anonymous;
import tocsin.tracker.identity.AttributionOutcome.Attributed;
import tocsin.tracker.identity.AttributionOutcome.Contradictory;
import tocsin.tracker.identity.AttributionOutcome.UnknownToken;

/** Whose a download is. Goes by what the proxy knows, then by the token, and never by anything that merely looks like a name. */
public final class Attribution {

    private final KnownTokens tokens;

    public Attribution(KnownTokens tokens) {
        this.tokens = tokens;
    }

    /** Pure but for the look into what is known of tokens, which is taken only if the proxy names no organisation. */
    public AttributionOutcome of(Claim claim) {
        Optional<Principal> principal = claim.principal();
        if (claim.organisation().isPresent()) {
            return principal.isPresent()
                    ? new Attributed(claim.organisation().get(), principal.get())
                    : new Contradictory("organisation without principal");
        }
        if (claim.token().isPresent()) {
            return ofToken(claim.token().get());
        }
        return principal.isPresent() && principal.get().kind() != Principal.Kind.ANONYMOUS
                ? new Contradictory("principal without organisation or token")
                : new Anonymous();
    }

    private AttributionOutcome ofToken(Audience.Token token) {
        Optional<TokenRegistration> known = tokens.find(token);
        if (known.isEmpty()) {
            return new UnknownToken();
        }
        return switch (known.get()) {
            case TokenRegistration.OfOrganisation(Audience.Organisation organisation, Principal principal) ->
                new Attributed(organisation, principal);
            // Without the address: it may change, and a repeat of the record must not differ from the first.
            case TokenRegistration.OfPerson() -> new Attributed(token, Principal.holderOf(token));
        };
    }
}
