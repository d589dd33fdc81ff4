package tocsin.tracker.identity;

import java.time.Instant;
import tocsin.schemas.Audience;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.TokenRecords;
import tocsin.schemas.avro.TokenRegistered;

/** Reads {@link TokenRegistered}. Safe for use by many threads. */
public final class TokenRegistrations {

    /**
     * @param key of the record; that of a registration is the token's id, never the token
     * @throws tocsin.schemas.UndecodableMessageException if it is no such message
     * @throws IllegalArgumentException if its parts do not fit together; never repeats them
     */
    public TokenRegistration read(String key, byte[] value) {
        return read(TokenRecords.read(key, value));
    }

    static TokenRegistration read(TokenRegistered message) {
        if (message.getRevokedAt().isPresent()) {
            return revoked(message, message.getRevokedAt().get());
        }
        boolean ofPerson = message.getVerifiedEmail().isPresent()
                || message.getVerifiedAt().isPresent();
        if (message.getOrgId().isEmpty()) {
            if (message.getPrincipal().isPresent()) {
                throw new IllegalArgumentException("principal without organisation");
            }
            return new TokenRegistration.OfPerson(
                    message.getVerifiedEmail().map(RecordKeys::emailRecipient), message.getHeldSince());
        }
        if (ofPerson) {
            throw new IllegalArgumentException("token of an organisation and of a person");
        }
        return new TokenRegistration.OfOrganisation(
                new Audience.Organisation(message.getOrgId().get()),
                message.getPrincipal()
                        .map(PrincipalMessage::read)
                        .orElseThrow(() -> new IllegalArgumentException("organisation without principal")),
                message.getHeldSince());
    }

    private static TokenRegistration revoked(TokenRegistered message, Instant revokedAt) {
        if (message.getVerifiedEmail().isPresent() || message.getVerifiedAt().isPresent()) {
            throw new IllegalArgumentException("revoked token of somebody");
        }
        if (message.getPrincipal().isPresent() && message.getOrgId().isEmpty()) {
            throw new IllegalArgumentException("principal without organisation");
        }
        return new TokenRegistration.Revoked(
                message.getOrgId().map(Audience.Organisation::new),
                message.getPrincipal().map(PrincipalMessage::read),
                message.getHeldSince(),
                revokedAt);
    }
}
