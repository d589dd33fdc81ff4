package tocsin.matcher.bucket;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tocsin.schemas.avro.FeedPosition;

/** Where a feed's folder begins, and what moves its place. */
final class Position {

    /** What a withdrawal takes back that is older than our first look was never taken in. */
    private static final Duration BEFORE_FIRST_LOOK = Duration.ofDays(1);

    private Position() {}

    /** @return the place where it is known, and the beginning where it is not, or is that of another address */
    static FeedPosition of(Bucket bucket, String part, Optional<FeedPosition> known, Clock clock) {
        return known.filter(position -> position.getUrl().equals(bucket.base()))
                .orElseGet(() -> FeedPosition.newBuilder()
                        .setFeed(bucket.feed())
                        .setFolder(part)
                        .setUrl(bucket.base())
                        .setArchiveEtag(null)
                        .setArchiveEntries(0)
                        .setImportedAt(null)
                        .setListEtag(null)
                        .setThrough(part.equals(Bucket.ROOT) ? clock.instant().minus(BEFORE_FIRST_LOOK) : null)
                        .setSucceededAt(null)
                        .build());
    }

    static String key(String feed, String folder) {
        return feed + " " + folder;
    }

    static Instant through(FeedPosition position) {
        return position.getThrough().orElse(Instant.EPOCH);
    }
}
