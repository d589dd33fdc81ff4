package tocsin.tracker.identity;

import java.util.Optional;
import tocsin.schemas.Audience;
import tocsin.tracker.identity.AttributionOutcome.Anonymous;
import tocsin.tracker.identity.AttributionOutcome.Attributed;
import tocsin.tracker.identity.AttributionOutcome.Contradictory;
import tocsin.tracker.identity.AttributionOutcome.UnknownToken;

/**
 * Whose a download is. Goes by what the proxy knows, then by the token, and never by anything that merely looks like a name. Where both are
 * given they must agree: a proxy that mixes up its clients must not have one be told what another fetched.
 */
public final class Attribution {

    private final KnownTokens tokens;

    public Attribution(KnownTokens tokens) {
        this.tokens = tokens;
    }

    /** Pure but for the look into what is known of tokens. */
    public AttributionOutcome of(Claim claim) {
        Optional<Principal> principal = claim.principal();
        if (claim.organisation().isPresent()) {
            return principal.isPresent()
                    ? ofOrganisation(claim.organisation().get(), principal.get(), claim.token())
                    : new Contradictory("organisation without principal");
        }
        if (claim.token().isPresent()) {
            return ofToken(claim.token().get(), principal.filter(it -> it.kind() != Principal.Kind.ANONYMOUS));
        }
        return principal.isPresent() && principal.get().kind() != Principal.Kind.ANONYMOUS
                ? new Contradictory("principal without organisation or token")
                : new Anonymous();
    }

    /** A token that is not known says nothing against the organisation. */
    private AttributionOutcome ofOrganisation(
            Audience.Organisation organisation, Principal principal, Optional<Audience.Token> token) {
        boolean another = token.flatMap(tokens::find)
                .filter(known -> switch (known) {
                    case TokenRegistration.OfOrganisation(Audience.Organisation holder, Principal _) ->
                        !holder.equals(organisation);
                    case TokenRegistration.OfPerson() -> true;
                })
                .isPresent();
        return another
                ? new Contradictory("organisation beside a token of another audience")
                : new Attributed(organisation, principal);
    }

    private AttributionOutcome ofToken(Audience.Token token, Optional<Principal> claimed) {
        Optional<TokenRegistration> known = tokens.find(token);
        if (known.isEmpty()) {
            return new UnknownToken(token);
        }
        return switch (known.get()) {
            case TokenRegistration.OfOrganisation(Audience.Organisation organisation, Principal principal) ->
                claimed.isPresent() && !claimed.get().id().equals(principal.id())
                        ? new Contradictory("principal beside a token of another")
                        : new Attributed(organisation, principal);
            // Without the address: it may change, and a repeat of the record must not differ from the first.
            case TokenRegistration.OfPerson() ->
                claimed.isPresent() && claimed.get().kind() != Principal.Kind.HUMAN
                        ? new Contradictory("principal beside a token of a person")
                        : new Attributed(token, Principal.holderOf(token));
        };
    }
}
