package tocsin.dispatcher.email;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.Advisory;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.payload.MoreLink;
import tocsin.schemas.Audience;

/**
 * What a breach mail is made of.
 *
 * @param fetchedVersions affected versions that the audience fetched
 * @param downloads newest first, at least one
 * @param truncated there are older ones that would belong here
 * @param kind a first one, or what it adds to what the audience was told of this incident before
 * @param undelivered a webhook should have told it, and did not arrive
 * @param more where what is left out can be found
 * @param unsubscribe a page where the reader stops these mails
 */
public record BreachNotice(
        UUID notification,
        Audience audience,
        Advisory advisory,
        List<String> fetchedVersions,
        List<Download> downloads,
        boolean truncated,
        Notification.Kind kind,
        boolean undelivered,
        Optional<MoreLink> more,
        Optional<String> unsubscribe) {
    public BreachNotice {
        fetchedVersions = List.copyOf(fetchedVersions);
        downloads = List.copyOf(downloads);
    }
}
