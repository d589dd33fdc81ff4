package tocsin.local.osv;

import java.util.regex.Pattern;
import tocsin.local.running.Complaint;

/** Name of who publishes an advisory. */
public record FeedName(String text) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");

    /** @throws Complaint if it is no name that a message may carry */
    public FeedName {
        if (!NAME.matcher(text).matches()) {
            throw new Complaint("a feed's name has 1 to 64 lower-case letters, digits and hyphens");
        }
    }
}
