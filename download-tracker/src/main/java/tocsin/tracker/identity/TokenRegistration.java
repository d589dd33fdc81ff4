package tocsin.tracker.identity;

import tocsin.schemas.Audience;

/** Whom a token stands for. */
public sealed interface TokenRegistration {

    /** A bot, or a person within an organisation. */
    record OfOrganisation(Audience.Organisation organisation, Principal principal) implements TokenRegistration {}

    /** A person by an address. Which one, and whether it is proved yet, whoever writes to it knows. */
    record OfPerson() implements TokenRegistration {}
}
