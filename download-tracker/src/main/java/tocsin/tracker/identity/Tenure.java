package tocsin.tracker.identity;

import java.time.Instant;
import java.util.Optional;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.avro.TokenRegistered;

/** From when on a token is its holder's, so that nobody is told of what another fetched by it. */
final class Tenure {

    private Tenure() {}

    /**
     * Since when a token that is registered now is the new holder's. Whoever registers it again for the same holder moves nothing. The holder after
     * a revocation has it since then and not since now: what was fetched meanwhile may have waited for this registration.
     *
     * @param before what was known of it until now
     * @param next as it is registered
     * @return empty: it never was another's
     */
    static Optional<Instant> since(Optional<TokenRegistration> before, TokenRegistration next, Instant now) {
        return before.flatMap(known -> isSameHolder(known, next)
                ? known.heldSince()
                : Optional.of(known instanceof TokenRegistration.Revoked revoked ? revoked.revokedAt() : now));
    }

    private static boolean isSameHolder(TokenRegistration before, TokenRegistration next) {
        return switch (before) {
            case TokenRegistration.OfOrganisation(Audience.Organisation organisation, var _, var _) ->
                next.organisationOfHolder().equals(Optional.of(organisation));
            // Who gives an address for the first time is who held the token without one. Who has none any more may be
            // anybody: else an address that is taken off first would be the way to another's downloads.
            case TokenRegistration.OfPerson(Optional<String> recipient, var _) ->
                next instanceof TokenRegistration.OfPerson(Optional<String> nextRecipient, var _)
                        && (recipient.isEmpty() || recipient.equals(nextRecipient));
            // Of a person nothing was kept to know them by.
            case TokenRegistration.Revoked revoked ->
                revoked.organisationOfHolder().isPresent()
                        && revoked.organisationOfHolder().equals(next.organisationOfHolder());
        };
    }

    /**
     * What stays of a registration that is taken back: whose it was, if an organisation's, with the principal's kind and, unless a person, id,
     * for what was fetched before and comes late; no name, no address, and of a person's own token nothing.
     *
     * @return empty if there is nothing to take back
     */
    static Optional<TokenRegistered> revoked(Audience.Token token, Optional<TokenRegistration> before, Instant now) {
        return before.filter(TokenRegistration::isHeld)
                .map(known -> TokenRegistered.newBuilder()
                        .setTokenId(token.tokenId())
                        .setOrgId(known.organisationOfHolder()
                                .map(Audience.Organisation::orgId)
                                .orElse(null))
                        .setPrincipal(
                                principal(known).map(PrincipalMessage::write).orElse(null))
                        .setHeldSince(known.heldSince().orElse(null))
                        .setRevokedAt(now)
                        .build());
    }

    private static Optional<Principal> principal(TokenRegistration known) {
        return switch (known) {
            case TokenRegistration.OfOrganisation(var _, Principal principal, var _) ->
                Optional.of(new Principal(
                        principal.kind(),
                        principal.kind() == Principal.Kind.HUMAN ? ErasureSubject.ERASED_ID : principal.id(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
            case TokenRegistration.OfPerson _ -> Optional.empty();
            case TokenRegistration.Revoked revoked -> revoked.principalOfHolder();
        };
    }
}
