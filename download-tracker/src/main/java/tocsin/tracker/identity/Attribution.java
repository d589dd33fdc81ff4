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
 * proxy names is believed beside a token that nobody registered, as it is without one, but not beside a token that is known to be another's: its
 * holder would never hear of it.
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
            if (claim.token()
                    .filter(token -> isOfAnother(token, claim.organisation().get(), at))
                    .isPresent()) {
                return new Contradictory("organisation beside a token of another");
            }
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

    private boolean isOfAnother(Audience.Token token, Audience.Organisation organisation, Instant at) {
        return tokens.find(token)
                .filter(known ->
                        known.isHeldAt(at) && !known.organisationOfHolder().equals(Optional.of(organisation)))
                .isPresent();
    }

    private AttributionOutcome ofToken(Audience.Token token, Optional<Principal> claimed, Instant at) {
        Optional<TokenRegistration> known = tokens.find(token);
        if (known.isEmpty()) {
            return new UnknownToken(token, known);
        }
        if (known.get().heldSince().filter(at::isBefore).isPresent()) {
            return new FormerHolders();
        }
        return switch (known.get()) {
            case TokenRegistration.OfOrganisation(Audience.Organisation organisation, Principal principal, var _) ->
                ofOrganisation(organisation, principal, claimed);
            case TokenRegistration.OfPerson _ -> ofPerson(token, claimed);
            case TokenRegistration.Revoked revoked ->
                revoked.isHeldAt(at) ? ofLastHolder(token, revoked, claimed) : new UnknownToken(token, known);
        };
    }

    private static AttributionOutcome ofOrganisation(
            Audience.Organisation organisation, Principal principal, Optional<Principal> claimed) {
        return claimed.isPresent() && !claimed.get().id().equals(principal.id())
                ? new Contradictory("principal beside a token of another")
                : new Attributed(organisation, principal);
    }

    /** Without the address: it may change, and a repeat of the record must not differ from the first. */
    private static AttributionOutcome ofPerson(Audience.Token token, Optional<Principal> claimed) {
        return claimed.isPresent() && claimed.get().kind() != Principal.Kind.HUMAN
                ? new Contradictory("principal beside a token of a person")
                : new Attributed(token, Principal.holderOf(token));
    }

    /** What was fetched before the token was taken back is theirs who had it then, however late it is told of. */
    private static AttributionOutcome ofLastHolder(
            Audience.Token token, TokenRegistration.Revoked revoked, Optional<Principal> claimed) {
        if (revoked.organisationOfHolder().isEmpty()) {
            return ofPerson(token, claimed);
        }
        Audience.Organisation organisation = revoked.organisationOfHolder().get();
        return revoked.principalOfHolder()
                .map(principal -> principal.kind() == Principal.Kind.HUMAN
                        // Who it was is not kept, and a claim must not bring back who was erased meanwhile.
                        ? new Attributed(organisation, principal)
                        : ofOrganisation(organisation, principal, claimed))
                .orElseGet(() -> new UnknownToken(token, Optional.of(revoked)));
    }
}
