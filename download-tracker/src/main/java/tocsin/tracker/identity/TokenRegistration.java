package tocsin.tracker.identity;

import java.time.Instant;
import java.util.Optional;
import tocsin.schemas.Audience;

/** Whom a token stands for, or stood for until it was revoked. */
public sealed interface TokenRegistration {

    /** Since when it is this holder's; empty: it never was another's. */
    Optional<Instant> heldSince();

    /** The organisation that holds or held it; empty for a person. */
    Optional<Audience.Organisation> organisationOfHolder();

    /** Whether what was fetched by it at that time is its holder's, or its last holder's. */
    default boolean isHeldAt(Instant at) {
        boolean begun = heldSince().filter(at::isBefore).isEmpty();
        return switch (this) {
            case OfOrganisation _, OfPerson _ -> begun;
            case Revoked revoked -> begun && at.isBefore(revoked.revokedAt());
        };
    }

    /** Whether it stands for somebody now. */
    default boolean isHeld() {
        return switch (this) {
            case OfOrganisation _, OfPerson _ -> true;
            case Revoked _ -> false;
        };
    }

    /** A bot, or a person within an organisation. */
    record OfOrganisation(Audience.Organisation organisation, Principal principal, Optional<Instant> heldSince)
            implements TokenRegistration {
        @Override
        public Optional<Audience.Organisation> organisationOfHolder() {
            return Optional.of(organisation);
        }
    }

    /**
     * A person by an address. Which one, and whether it is proved yet, whoever writes to it knows.
     *
     * @param recipient what stands for the address ({@code RecordKeys.emailRecipient}); empty while none is known
     */
    record OfPerson(Optional<String> recipient, Optional<Instant> heldSince) implements TokenRegistration {
        @Override
        public Optional<Audience.Organisation> organisationOfHolder() {
            return Optional.empty();
        }
    }

    /**
     * Nobody's, but not forgotten: its next holder must not be taken for the last one, and what came late is still the last one's.
     *
     * @param principalOfHolder within the organisation, by id and kind alone; empty for a person, and where it is not known
     */
    record Revoked(
            Optional<Audience.Organisation> organisationOfHolder,
            Optional<Principal> principalOfHolder,
            Optional<Instant> heldSince,
            Instant revokedAt)
            implements TokenRegistration {}
}
