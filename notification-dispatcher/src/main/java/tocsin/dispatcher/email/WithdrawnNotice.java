package tocsin.dispatcher.email;

import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.Advisory;
import tocsin.schemas.Audience;

/**
 * What a mail is made of that takes back what was told of an incident.
 *
 * @param undelivered a webhook should have told it, and did not arrive
 * @param unsubscribe a page where the reader stops these mails
 */
public record WithdrawnNotice(
        UUID notification, Audience audience, Advisory advisory, boolean undelivered, Optional<String> unsubscribe) {}
