package tocsin.matcher.match;

import java.time.Duration;
import java.time.Instant;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;

/**
 * Which downloads an advisory rings for. Both doors ask here: an advisory that meets stored downloads, and a download that meets
 * stored advisories.
 *
 * @param grace how long after publication a download still counts while no feed has told us yet; 0: not at all
 */
public record Matching(Duration grace) {

    public Matching {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must not be negative");
        }
    }

    /**
     * The last instant at which a download counts. Until the advisory came to us nobody could block what it names; but where it
     * is older than the grace, as in a first import, downloads of the years between do not ring.
     */
    public Instant cutOff(AdvisoryAccepted advisory) {
        Instant graceEnds = advisory.getPublishedAt().plus(grace);
        Instant firstReceived = advisory.getFirstReceivedAt();
        return firstReceived.isBefore(graceEnds) ? firstReceived : graceEnds;
    }

    /** The earlier of the two clocks counts: a proxy's clock that runs ahead must not hide a download. */
    public boolean counts(AffectedDownload download, Instant cutOff) {
        return !download.getFetchedAt().isAfter(cutOff)
                || !download.getReceivedAt().isAfter(cutOff);
    }

    /** Whether a late download rings: one that comes after a withdrawal or a narrowing was never told of and need not be. */
    public boolean isLive(AdvisoryAccepted advisory) {
        return !advisory.getNarrowed() && advisory.getWithdrawnAt().isEmpty();
    }

    /** The second door: whether a download that has just come is to be told of. Internal packages share names only by accident. */
    public boolean rings(AdvisoryAccepted advisory, Download download) {
        return !download.isInternal()
                && isLive(advisory)
                && counts(download.facts(), cutOff(advisory))
                && AffectedVersions.of(advisory).contains(download.facts().getVersion());
    }
}
