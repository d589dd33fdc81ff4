package tocsin.matcher.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import tocsin.matcher.osv.OsvAdvisory;
import tocsin.matcher.osv.OsvParser;
import tocsin.matcher.osv.OsvReading;
import tocsin.schemas.avro.AdvisoryPublished;

/**
 * One advisory as it came in from a feed.
 *
 * @param receivedAt when this revision first came to us, by whatever door; after 1999
 */
public record PublishedAdvisory(String feed, OsvAdvisory osv, Instant receivedAt) {

    /** Of a record: some room below what the matcher reads of its topic, for key, headers and the rest of the message. */
    public static final int MAX_BYTES = 700 * 1024;

    /** Before there were advisories; zero, or seconds in place of milliseconds, fall below it. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    /** A feed's clock may run ahead of ours, or name a day in another zone. */
    private static final Duration MOST_AHEAD = Duration.ofDays(1);

    private static final Pattern FEED = Pattern.compile("[a-z0-9-]{1,64}");

    /** Either the advisory or why there is none. */
    public sealed interface Reading {

        record Read(PublishedAdvisory advisory) implements Reading {}

        /** @param reason for people */
        record Unreadable(String reason) implements Reading {}
    }

    /**
     * The time of receipt bounds for ever which downloads the advisory rings for, so it is not believed whatever it is. Neither is a revision
     * from the future: no true one would come up to it until then, no withdrawal either.
     *
     * @param recordTime when the message was written: counts as the time of receipt where the message names none, or a later one
     */
    public static Reading read(AdvisoryPublished message, Instant recordTime) {
        if (!isFeed(message.getFeed())) {
            return new Reading.Unreadable("feed is not 1 to 64 lower-case letters, digits and hyphens");
        }
        Instant receivedAt = message.getReceivedAt().orElse(recordTime);
        if (receivedAt.isBefore(EARLIEST)) {
            return new Reading.Unreadable(
                    "time of receipt is before the year 2000: it is in milliseconds since the epoch");
        }
        // Nobody can have received what was not written yet; a record without a time of its own bounds nothing.
        Instant written = recordTime.isBefore(EARLIEST) ? receivedAt : recordTime;
        Instant bounded = receivedAt.isBefore(written) ? receivedAt : written;
        return switch (OsvParser.parse(message.getOsv())) {
            // Of all receipts the latest, which is when it was written here: an older one that a message tells may be
            // of an older revision.
            case OsvReading.Read(OsvAdvisory osv)
            when osv.modified().isAfter(written.plus(MOST_AHEAD)) ->
                new Reading.Unreadable("modified is more than a day after the receipt");
            case OsvReading.Read(OsvAdvisory osv) ->
                new Reading.Read(new PublishedAdvisory(message.getFeed(), osv, bounded));
            case OsvReading.Unreadable(String reason) -> new Reading.Unreadable(reason);
        };
    }

    static boolean isFeed(String name) {
        return FEED.matcher(name).matches();
    }

    /** What is remembered is remembered under this. Neither part holds a blank. */
    public String identity() {
        return identity(feed, osv.id());
    }

    public static String identity(String feed, String advisoryId) {
        return feed + " " + advisoryId;
    }
}
