package tocsin.matcher.feed;

import java.time.Instant;
import java.util.regex.Pattern;
import tocsin.matcher.osv.OsvAdvisory;
import tocsin.matcher.osv.OsvParser;
import tocsin.matcher.osv.OsvReading;
import tocsin.schemas.avro.AdvisoryPublished;

/**
 * One advisory as it came in from a feed.
 *
 * @param receivedAt when this revision first came to us, by whatever door
 */
public record PublishedAdvisory(String feed, OsvAdvisory osv, Instant receivedAt) {

    private static final Pattern FEED = Pattern.compile("[a-z0-9-]{1,64}");

    /** Either the advisory or why there is none. */
    public sealed interface Reading {

        record Read(PublishedAdvisory advisory) implements Reading {}

        /** @param reason for people */
        record Unreadable(String reason) implements Reading {}
    }

    /** @param recordTime counts as the time of receipt where the message names none */
    public static Reading read(AdvisoryPublished message, Instant recordTime) {
        if (!FEED.matcher(message.getFeed()).matches()) {
            return new Reading.Unreadable("feed is not 1 to 64 lower-case letters, digits and hyphens");
        }
        return switch (OsvParser.parse(message.getOsv())) {
            case OsvReading.Read(OsvAdvisory osv) ->
                new Reading.Read(new PublishedAdvisory(
                        message.getFeed(), osv, message.getReceivedAt().orElse(recordTime)));
            case OsvReading.Unreadable(String reason) -> new Reading.Unreadable(reason);
        };
    }

    /** What is remembered is remembered under this. Neither part holds a blank. */
    public String identity() {
        return feed + " " + osv.id();
    }
}
