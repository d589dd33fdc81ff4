package tocsin.dispatcher.email;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.Audience;

/**
 * What a mail is made of that tells of several incidents at once.
 *
 * @param notices the oldest first
 * @param withdrawn what is taken back, the oldest first; with the notices at least two
 * @param unsubscribe a page where the reader stops these mails
 */
public record DigestNotice(
        UUID notification,
        Audience audience,
        List<BreachNotice> notices,
        List<WithdrawnNotice> withdrawn,
        Optional<String> unsubscribe) {
    public DigestNotice {
        notices = List.copyOf(notices);
        withdrawn = List.copyOf(withdrawn);
    }
}
