package tocsin.dispatcher.email;

import java.util.List;
import java.util.Optional;

/**
 * What the templates of a mail show that tells of several incidents. All texts are cleaned and defanged; the HTML templates escape them.
 *
 * @param items the most severe first
 * @param withdrawn what is taken back, the oldest first
 * @param org empty for a personal token
 * @param unsubscribe a page where the reader stops these mails
 */
public record DigestView(
        List<BreachView> items,
        List<WithdrawnView> withdrawn,
        String org,
        Optional<String> unsubscribe,
        String notificationId) {

    public DigestView {
        items = List.copyOf(items);
        withdrawn = List.copyOf(withdrawn);
    }

    public boolean anyMalware() {
        return items.stream().anyMatch(BreachView::malware);
    }

    public boolean anyVulnerability() {
        return !items.stream().allMatch(BreachView::malware);
    }
}
