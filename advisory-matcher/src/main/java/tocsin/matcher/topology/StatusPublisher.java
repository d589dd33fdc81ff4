package tocsin.matcher.topology;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.matcher.match.MatchIds;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryState;
import tocsin.schemas.avro.AdvisoryStatus;
import tocsin.schemas.avro.FanoutReached;
import tocsin.schemas.avro.ScanProgress;

/** Tells {@code advisory.status} what became of advisories, for whoever asks. Nothing is decided by it. */
final class StatusPublisher {

    /** In place of a package key: the whole record. */
    private static final String NO_PACKAGE = "-";

    private final RecordPublisher publisher;
    private final Clock clock;
    private final MessageCodec<AdvisoryStatus> statusCodec = MessageCodec.of(AdvisoryStatus.class);
    private final MessageCodec<ScanProgress> progressCodec = MessageCodec.of(ScanProgress.class);
    private final MessageCodec<FanoutReached> reachedCodec = MessageCodec.of(FanoutReached.class);

    StatusPublisher(RecordPublisher publisher, Clock clock) {
        this.publisher = publisher;
        this.clock = clock;
    }

    void tellRefused(PublishedAdvisory advisory, String reason) {
        String id = advisory.osv().id();
        publisher.tell(
                MatchTopology.STATUS_OF_REFUSED,
                RecordKeys.advisoryStatus(id, advisory.feed(), NO_PACKAGE),
                statusCodec.encode(AdvisoryStatus.newBuilder()
                        .setFeed(advisory.feed())
                        .setAdvisoryId(id)
                        .setState(AdvisoryState.REFUSED)
                        .setReason(RecordPublisher.safe(reason))
                        .setRevision(advisory.osv().modified().truncatedTo(ChronoUnit.MILLIS))
                        .setAt(now())
                        .build()));
    }

    /** @param statement id of what it says of the package */
    void tellAccepted(AdvisoryAccepted advisory, String packageText, String statement, AcceptedAt at) {
        publisher.tell(
                MatchTopology.STATUS_OF_ACCEPTED,
                RecordKeys.advisoryStatus(advisory.getAdvisoryId(), advisory.getFeed(), packageText),
                statusCodec.encode(AdvisoryStatus.newBuilder()
                        .setFeed(advisory.getFeed())
                        .setAdvisoryId(advisory.getAdvisoryId())
                        .setPackageKey(packageText)
                        .setState(advisory.getHeld().isPresent() ? AdvisoryState.HELD : AdvisoryState.ACCEPTED)
                        .setRevision(advisory.getRevision())
                        .setStatement(statement)
                        .setTakesBack(advisory.getNarrowed()
                                || advisory.getWithdrawnAt().isPresent())
                        .setAcceptedPartition(at.partition())
                        .setAcceptedOffset(at.offset())
                        .setAt(now())
                        .build()));
    }

    /** @param audiences found so far */
    void tellProgress(AdvisoryAccepted advisory, int partition, long audiences, boolean done) {
        publisher.tell(
                MatchTopology.STATUS_OF_SCANS,
                RecordKeys.scanProgress(
                        advisory.getAdvisoryId(),
                        advisory.getFeed(),
                        AdvisoryRepository.packageOf(advisory).text(),
                        partition),
                progressCodec.encode(new ScanProgress(
                        partition, MatchIds.ofAdvisory(advisory).toString(), audiences, done, now())));
    }

    /** The partition has begun with all advisories up to there. */
    void tellReached(int partition, AcceptedAt at) {
        publisher.tell(
                MatchTopology.STATUS_OF_SCANS,
                RecordKeys.fanoutReached(partition, at.partition()),
                reachedCodec.encode(new FanoutReached(partition, at.partition(), at.offset())));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
