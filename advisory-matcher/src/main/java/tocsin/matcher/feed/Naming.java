package tocsin.matcher.feed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.EarlierRevision;
import tocsin.schemas.avro.VersionRange;

/**
 * Since when an advisory says of a package what it says, and what it said before: one record for each change of what is affected, not
 * for each revision, since most change only words.
 *
 * @param earlier oldest first
 * @param standing what the revision itself says; nothing, where it is withdrawn or does not name the package
 */
record Naming(List<EarlierRevision> earlier, EarlierRevision standing) {

    /** An advisory changes what it affects a few times in its life; more of it would fill every record that carries it. */
    static final int MAX_EARLIER = 20;

    static final int MAX_EARLIER_LENGTH = 64 * 1024;

    Naming {
        earlier = List.copyOf(earlier);
    }

    /**
     * @param last what was accepted of the same package before
     * @param firstAnnouncedAt when the feed told it, if this is the first that we hear of the package
     */
    static Naming of(
            AffectedPackage affected,
            boolean live,
            Optional<AdvisoryAccepted> last,
            Instant receivedAt,
            Instant firstAnnouncedAt,
            Instant revision) {
        EarlierRevision says = live
                ? new EarlierRevision(
                        receivedAt,
                        last.isPresent() ? revision : firstAnnouncedAt,
                        affected.allVersions(),
                        affected.versions(),
                        affected.ranges())
                : nothing(receivedAt, last.isPresent() ? revision : firstAnnouncedAt);
        if (last.isEmpty()) {
            return new Naming(List.of(), says);
        }
        EarlierRevision said = standingOf(last.get());
        if (isSame(said, says)) {
            EarlierRevision since = said.getReceivedAt().isBefore(receivedAt)
                    ? said
                    : new EarlierRevision(
                            receivedAt,
                            said.getAnnouncedAt(),
                            said.getAllVersions(),
                            said.getVersions(),
                            said.getRanges());
            return new Naming(last.get().getEarlier().orElse(List.of()), since);
        }
        List<EarlierRevision> earlier = new ArrayList<>(last.get().getEarlier().orElse(List.of()));
        earlier.add(said);
        return new Naming(bounded(earlier), says);
    }

    /** What was held and is said again has been said since it was first held. */
    Naming since(AdvisoryAccepted held) {
        EarlierRevision said = standingOf(held);
        return isSame(said, standing) && said.getReceivedAt().isBefore(standing.getReceivedAt())
                ? new Naming(earlier, said)
                : this;
    }

    private static EarlierRevision standingOf(AdvisoryAccepted last) {
        Instant receivedAt = last.getReceivedAt().orElse(last.getFirstReceivedAt());
        Instant announcedAt = last.getAnnouncedAt().orElse(last.getPublishedAt());
        return last.getNarrowed() || last.getWithdrawnAt().isPresent()
                ? nothing(receivedAt, announcedAt)
                : new EarlierRevision(
                        receivedAt, announcedAt, last.getAllVersions(), last.getVersions(), last.getRanges());
    }

    private static EarlierRevision nothing(Instant receivedAt, Instant announcedAt) {
        return new EarlierRevision(receivedAt, announcedAt, false, List.of(), List.of());
    }

    private static boolean isSame(EarlierRevision a, EarlierRevision b) {
        return a.getAllVersions() == b.getAllVersions()
                && new HashSet<>(a.getVersions()).equals(new HashSet<>(b.getVersions()))
                && a.getRanges().equals(b.getRanges());
    }

    /**
     * Puts the two oldest together while there is too much, at the later of their times: then a little more rings than would have, and
     * who was told is still found. What does not fit even so is forgotten.
     */
    private static List<EarlierRevision> bounded(List<EarlierRevision> earlier) {
        while (earlier.size() > MAX_EARLIER || length(earlier) > MAX_EARLIER_LENGTH) {
            EarlierRevision oldest = earlier.removeFirst();
            if (!earlier.isEmpty()) {
                earlier.addFirst(together(oldest, earlier.removeFirst()));
            }
        }
        return earlier;
    }

    private static EarlierRevision together(EarlierRevision a, EarlierRevision b) {
        return new EarlierRevision(
                b.getReceivedAt(),
                b.getAnnouncedAt(),
                a.getAllVersions() || b.getAllVersions(),
                Stream.concat(a.getVersions().stream(), b.getVersions().stream())
                        .distinct()
                        .toList(),
                Stream.concat(a.getRanges().stream(), b.getRanges().stream())
                        .distinct()
                        .toList());
    }

    private static int length(List<EarlierRevision> earlier) {
        return earlier.stream()
                .mapToInt(each -> each.getVersions().stream()
                                .mapToInt(String::length)
                                .sum()
                        + each.getRanges().stream().mapToInt(Naming::length).sum())
                .sum();
    }

    /** Each border counts for its kind too. */
    private static int length(VersionRange range) {
        return range.getEvents().stream()
                .mapToInt(event -> 1 + event.getVersion().length())
                .sum();
    }
}
