package tocsin.dispatcher.email;

import java.util.List;
import java.util.Optional;

/**
 * What the templates of a breach mail show. All texts are cleaned and defanged; the HTML templates escape them.
 *
 * @param leads sentences before all else: what this adds to an earlier notice, and why it comes by mail
 * @param drill what marks a drill; empty for a real notice
 * @param org empty for a personal token
 * @param advisoryPage a page that may be a link
 * @param feedPage a page that the feed names, defanged
 * @param fixedVersions empty where the advisory names none
 * @param confidence sentences that say how sure all this is
 * @param unsubscribe a page where the reader stops these mails
 * @param moreRows downloads of this notice that the mail does not list
 * @param moreUrl where all that is left out can be asked for; empty where nothing is, or nobody could say
 */
public record BreachView(
        boolean malware,
        List<String> leads,
        boolean truncated,
        String severity,
        String packageName,
        String ecosystem,
        String versions,
        String advisoryId,
        String aliases,
        Optional<String> advisoryPage,
        Optional<String> feedPage,
        String publishedAt,
        String reason,
        List<String> confidence,
        String firstAt,
        String lastAt,
        int downloads,
        List<Row> rows,
        int moreRows,
        Optional<String> moreUrl,
        String org,
        String drill,
        String fixedVersions,
        Optional<String> unsubscribe,
        String notificationId) {

    /** One download. */
    public record Row(String time, String version, String who, String where) {}

    public BreachView {
        leads = List.copyOf(leads);
        confidence = List.copyOf(confidence);
        rows = List.copyOf(rows);
    }
}
