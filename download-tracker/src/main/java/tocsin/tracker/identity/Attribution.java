package tocsin.tracker.identity;

import java.time.Instant;
import java.util.Optional;
import tocsin.schemas.Audience;
import tocsin.tracker.identity.AttributionOutcome.Anonymous;
import tocsin.tracker.identity.AttributionOutcome.Attributed;
import tocsin.tracker.identity.AttributionOutcome.Contradictory;
import tocsin.tracker.identity.AttributionOutcome.FormerHolders;
import tocsin.tracker.identity.AttributionOutcome.UnknownToken;

/**
 * Whose a download is. Goes by what the proxy knows, then by the token, and never by anything that merely looks like a name. An organisation that the
 * proxy names is believed with a token beside it as it is without one: the token is not looked up then, or it would depend on what happened to be
 * registered when the download came.
 */
public final class Attribution {

    private final KnownTokens tokens;

    public Attribution(KnownTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * Pure but for the look into what is known of tokens.
     *
     * @param at when it was fetched, at the latest
     */
    public AttributionOutcome of(Claim claim, Instant at) {
        Optional<Principal> principal = claim.principal();
        if (claim.organisation().isPresent()) {
            return principal.isPresent()
                    ? new Attributed(claim.organisation().get(), principal.get())
                    : new Contradictory("organisation without principal");
        }
        if (claim.token().isPresent()) {
            return ofToken(claim.token().get(), principal.filter(it -> it.kind() != Principal.Kind.ANONYMOUS), at);
        }
        return principal.isPresent() && principal.get().kind() != Principal.Kind.ANONYMOUS
                ? new Contradictory("principal without organisation or token")
                : new Anonymous();
    }

    private AttributionOutcome ofToken(Audience.Token token, Optional<Principal> claimed, Instant at) {
        Optional<TokenRegistration> known = tokens.find(token);
        if (known.isEmpty()) {
            return new UnknownToken(token);
        }
        if (known.get().heldSince().filter(at::isBefore).isPresent()) {
            return new FormerHolders();
        }
        return switch (known.get()) {
            case TokenRegistration.OfOrganisation(Audience.Organisation organisation, Principal principal, var _) ->
                claimed.isPresent() && !claimed.get().id().equals(principal.id())
                        ? new Contradictory("principal beside a token of another")
                        : new Attributed(organisation, principal);
            // Without the address: it may change, and a repeat of the record must not differ from the first.
            case TokenRegistration.OfPerson _ ->
                claimed.isPresent() && claimed.get().kind() != Principal.Kind.HUMAN
                        ? new Contradictory("principal beside a token of a person")
                        : new Attributed(token, Principal.holderOf(token));
            case TokenRegistration.Revoked _ -> new UnknownToken(token);
        };
    }
}
