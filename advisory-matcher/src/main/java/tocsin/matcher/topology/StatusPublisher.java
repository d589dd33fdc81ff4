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
        AdvisoryStatus.Builder status = AdvisoryStatus.newBuilder()
                .setFeed(advisory.getFeed())
                .setAdvisoryId(advisory.getAdvisoryId())
                .setPackageKey(packageText)
                .setRevision(advisory.getRevision())
                .setAt(now());
        if (isRejected(advisory)) {
            status.setState(AdvisoryState.REFUSED).setReason("a person has rejected it");
        } else {
            status.setState(advisory.getHeld().isPresent() ? AdvisoryState.HELD : AdvisoryState.ACCEPTED)
                    .setStatement(statement)
                    .setTakesBack(takesBack(advisory))
                    .setAcceptedPartition(at.partition())
                    .setAcceptedOffset(at.offset());
        }
        publisher.tell(
                MatchTopology.STATUS_OF_ACCEPTED,
                RecordKeys.advisoryStatus(advisory.getAdvisoryId(), advisory.getFeed(), packageText),
                statusCodec.encode(status.build()));
    }

    /** No record is accepted that names nothing and takes nothing back: it was held, nothing stood before, and now it is held no more. */
    private static boolean isRejected(AdvisoryAccepted advisory) {
        return advisory.getHeld().isEmpty()
                && !takesBack(advisory)
                && !advisory.getAllVersions()
                && advisory.getVersions().isEmpty()
                && advisory.getRanges().isEmpty();
    }

    private static boolean takesBack(AdvisoryAccepted advisory) {
        return advisory.getNarrowed() || advisory.getWithdrawnAt().isPresent();
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
