package tocsin.matcher.feed;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import tocsin.matcher.match.MatchIds;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.EarlierRevision;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.HoldState;

/**
 * Decides which statements wait for a second opinion: that all versions are bad of a package that very many fetched is far more often a feed's
 * mistake than the truth, and would wake all of them. What stood before stands meanwhile.
 *
 * @param from so many audiences are very many; 0: nothing is held
 * @param audiences how many are known to have fetched a package, at least
 * @param known what was held of the advisory for a package, whatever became of it
 */
public record Holding(
        int from, ToIntFunction<PackageKey> audiences, Function<PackageKey, Optional<AdvisoryHeld>> known) {

    private static final int MAX_REASON_LENGTH = 1000;

    /**
     * @param message for the match tasks: what stands now
     * @param row what is to be kept of the hold; empty: there is and was none
     */
    record Ruling(AdvisoryAccepted message, Optional<AdvisoryHeld> row) {}

    /** Where nothing is ever held. */
    static Holding ofNothing() {
        return new Holding(0, _ -> 0, _ -> Optional.empty());
    }

    /** What is held now. */
    Optional<AdvisoryHeld> open(PackageKey packageKey) {
        return known.apply(packageKey).filter(row -> row.getState() == HoldState.HELD);
    }

    /**
     * @param candidate as it is to be accepted
     * @param last what was accepted last
     */
    Ruling rule(AdvisoryAccepted candidate, Optional<AdvisoryAccepted> last) {
        PackageKey packageKey = packageOf(candidate);
        Optional<AdvisoryHeld> before = known.apply(packageKey);
        String holdId = MatchIds.ofHold(candidate).toString();
        if (isLive(candidate)) {
            // A person has judged of this very statement; that a feed repeats it tells nothing new.
            Optional<AdvisoryHeld> rejected = before.filter(row ->
                    row.getState() == HoldState.REJECTED && row.getHoldId().equals(holdId));
            if (rejected.isPresent()) {
                return new Ruling(standing(candidate, last, Optional.empty()), rejected);
            }
            int fetchedBy = isNewlyForAll(candidate, last) && from > 0 ? audiences.applyAsInt(packageKey) : 0;
            if (from > 0 && fetchedBy >= from) {
                return new Ruling(
                        standing(candidate, last, Optional.of(statementOf(candidate))),
                        Optional.of(held(holdId, candidate, before, fetchedBy)));
            }
        }
        return new Ruling(candidate, before.flatMap(row -> superseded(row, candidate)));
    }

    /**
     * What becomes of a decision. One that comes again makes the same again: what it made before may not have gone out.
     *
     * @return empty if it is about something that is not held any more, or a person has said otherwise since
     */
    public static Optional<Decided> decide(
            AdvisoryHeld row, AdvisoryDecision decision, Optional<AdvisoryAccepted> last) {
        if (!decision.getHoldId().equals(row.getHoldId())) {
            return Optional.empty();
        }
        return switch (decision.getDecision()) {
            case RELEASE ->
                switch (row.getState()) {
                    case HELD, RELEASED -> Optional.of(released(row, decision, last));
                    // Feeds do not overrule a person; a person may change his mind.
                    case REJECTED ->
                        decision.getDecidedBy().isPresent() && isAfter(decision, row)
                                ? Optional.of(released(row, decision, last))
                                : Optional.empty();
                    case SUPERSEDED -> Optional.empty();
                };
            case REJECT ->
                switch (row.getState()) {
                    case HELD, REJECTED ->
                        Optional.of(new Decided(
                                standing(row.getAdvisory(), last, Optional.empty()),
                                ended(row, HoldState.REJECTED, decision)));
                    case RELEASED, SUPERSEDED -> Optional.empty();
                };
        };
    }

    /**
     * @param message for the match tasks: what stands now
     * @param row what is to be kept
     */
    public record Decided(AdvisoryAccepted message, AdvisoryHeld row) {}

    /**
     * What a row says was decided of what is held. A matcher whose state was lost may have taken the advisory in anew and hold the same again, at
     * whatever time: then what was decided is to be done again.
     *
     * @param known what is kept of the hold
     * @param row that was written of one before
     * @return empty if it is another hold, or an end that nobody decided
     */
    public static Optional<AdvisoryDecision> decidedBefore(AdvisoryHeld known, AdvisoryHeld row) {
        boolean isHeldAgain =
                known.getState() == HoldState.HELD && known.getHoldId().equals(row.getHoldId());
        if (!isHeldAgain) {
            return Optional.empty();
        }
        return switch (row.getState()) {
            case RELEASED -> Optional.of(decision(HoldDecision.RELEASE, row));
            case REJECTED -> Optional.of(decision(HoldDecision.REJECT, row));
            case HELD, SUPERSEDED -> Optional.empty();
        };
    }

    private static AdvisoryDecision decision(HoldDecision decision, AdvisoryHeld row) {
        AdvisoryAccepted advisory = row.getAdvisory();
        return AdvisoryDecision.newBuilder()
                .setHoldId(row.getHoldId())
                .setFeed(advisory.getFeed())
                .setAdvisoryId(advisory.getAdvisoryId())
                .setEcosystem(advisory.getEcosystem())
                .setPackageName(advisory.getPackageName())
                .setDecision(decision)
                .setDecidedAt(row.getDecidedAt().orElseThrow())
                .setDecidedBy(row.getDecidedBy().orElse(null))
                .setReason(row.getReason().orElse(""))
                .build();
    }

    private static Decided released(AdvisoryHeld row, AdvisoryDecision decision, Optional<AdvisoryAccepted> last) {
        AdvisoryAccepted released = row.getAdvisory();
        // Of one that was released before, a newer revision may stand by now.
        AdvisoryAccepted stands = last.filter(it ->
                        row.getState() == HoldState.RELEASED && it.getRevision().isAfter(released.getRevision()))
                .orElse(released);
        return new Decided(stands, ended(row, HoldState.RELEASED, decision));
    }

    /** Whoever decided first is kept, when the same comes again. */
    private static AdvisoryHeld ended(AdvisoryHeld row, HoldState state, AdvisoryDecision decision) {
        return row.getState() == state
                ? row
                : AdvisoryHeld.newBuilder(row)
                        .setState(state)
                        .setDecidedAt(decision.getDecidedAt())
                        .setDecidedBy(decision.getDecidedBy().orElse(null))
                        .setReason(cut(decision.getReason()))
                        .build();
    }

    private static boolean isAfter(AdvisoryDecision decision, AdvisoryHeld row) {
        return row.getDecidedAt().filter(decision.getDecidedAt()::isAfter).isPresent();
    }

    private static AdvisoryHeld held(
            String holdId, AdvisoryAccepted candidate, Optional<AdvisoryHeld> before, int fetchedBy) {
        Optional<AdvisoryHeld> open = before.filter(row -> row.getState() == HoldState.HELD);
        return AdvisoryHeld.newBuilder()
                .setHoldId(holdId)
                .setAdvisory(candidate)
                .setState(HoldState.HELD)
                .setHeldAt(open.map(AdvisoryHeld::getHeldAt)
                        .orElse(candidate.getReceivedAt().orElse(candidate.getFirstReceivedAt())))
                .setAudiences(fetchedBy)
                .setDecidedAt(null)
                .setDecidedBy(null)
                .setReason(null)
                .build();
    }

    private static Optional<AdvisoryHeld> superseded(AdvisoryHeld row, AdvisoryAccepted by) {
        return switch (row.getState()) {
            case HELD, REJECTED ->
                Optional.of(AdvisoryHeld.newBuilder(row)
                        .setState(HoldState.SUPERSEDED)
                        .setDecidedAt(by.getReceivedAt().orElse(by.getFirstReceivedAt()))
                        .setDecidedBy(null)
                        .setReason(
                                by.getWithdrawnAt().isPresent()
                                        ? "withdrawn"
                                        : by.getNarrowed()
                                                ? "a newer revision does not name the package"
                                                : "a newer revision was accepted")
                        .build());
            case RELEASED, SUPERSEDED -> Optional.empty();
        };
    }

    /** What stood goes on; of an advisory of which nothing did, one that names nothing. */
    private static AdvisoryAccepted standing(
            AdvisoryAccepted candidate, Optional<AdvisoryAccepted> last, Optional<EarlierRevision> held) {
        return last.map(AdvisoryAccepted::newBuilder)
                .orElseGet(() -> AdvisoryAccepted.newBuilder(candidate)
                        .setAllVersions(false)
                        .setVersions(List.of())
                        .setRanges(List.of())
                        .setEarlier(null))
                .setHeld(held.orElse(null))
                .build();
    }

    private static EarlierRevision statementOf(AdvisoryAccepted candidate) {
        return new EarlierRevision(
                candidate.getReceivedAt().orElse(candidate.getFirstReceivedAt()),
                candidate.getAnnouncedAt().orElse(candidate.getPublishedAt()),
                candidate.getAllVersions(),
                candidate.getVersions(),
                candidate.getRanges());
    }

    /** Where all versions were bad already, whoever is to be woken is awake. */
    private static boolean isNewlyForAll(AdvisoryAccepted candidate, Optional<AdvisoryAccepted> last) {
        return candidate.getAllVersions()
                && last.filter(stands -> isLive(stands) && stands.getAllVersions())
                        .isEmpty();
    }

    private static boolean isLive(AdvisoryAccepted advisory) {
        return !advisory.getNarrowed() && advisory.getWithdrawnAt().isEmpty();
    }

    private static PackageKey packageOf(AdvisoryAccepted advisory) {
        return PackageKey.parse(advisory.getEcosystem() + ":" + advisory.getPackageName());
    }

    private static String cut(String reason) {
        return reason.length() <= MAX_REASON_LENGTH ? reason : reason.substring(0, MAX_REASON_LENGTH);
    }
}
