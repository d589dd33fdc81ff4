package tocsin.matcher.match;

import java.time.Duration;
import java.time.Instant;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;

/**
 * Which downloads an advisory rings for. Both doors ask here: an advisory that meets stored downloads, and a download that meets
 * stored advisories.
 *
 * @param grace how long after a feed told of something a download still counts while nobody has told us yet; 0: not at all. Where an
 *     advisory is older than that, as in a first import, downloads of the years between do not ring
 * @param live downloads ring however late they are, as long as the advisory stands: for proxies that do not block what is named
 */
public record Matching(Duration grace, boolean live) {

    /** Downloads ring up to the time when somebody could have blocked them. */
    public Matching(Duration grace) {
        this(grace, false);
    }

    public Matching {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must not be negative");
        }
    }

    /** @throws IllegalArgumentException if the ecosystem is not known or a border is no version of it */
    public EvaluatedAdvisory evaluate(AdvisoryAccepted advisory) {
        return EvaluatedAdvisory.of(advisory, this);
    }

    /** The earlier of the two clocks counts: a proxy's clock that runs ahead must not hide a download. */
    public boolean counts(AffectedDownload download, Instant until) {
        return !download.getFetchedAt().isAfter(until)
                || !download.getReceivedAt().isAfter(until);
    }

    /**
     * The second door: whether a download that has just come is to be told of. Internal packages share names only by accident, and one
     * that comes after a withdrawal or a narrowing was never told of and need not be.
     */
    public boolean rings(EvaluatedAdvisory advisory, Download download) {
        return !download.isInternal()
                && advisory.isLive()
                && counts(download.facts(), advisory.countsUntilAtLatest())
                && advisory.countsUntil(download.facts().getVersion())
                        .filter(until -> counts(download.facts(), until))
                        .isPresent();
    }
}
