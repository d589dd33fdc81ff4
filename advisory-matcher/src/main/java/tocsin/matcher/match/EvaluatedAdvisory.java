package tocsin.matcher.match;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.EarlierRevision;

/**
 * An advisory as it bears on one package, read once for many downloads. Tells of each version until when a download of it counts:
 * until it was named, for nobody could block what no feed had told. What a later revision adds was named when that revision came;
 * what it takes back and names again later was named when it was named again.
 */
public final class EvaluatedAdvisory {

    /** @param until the last instant at which a download counts whose version it names */
    private record Stage(AffectedVersions names, Instant until) {}

    private final AdvisoryAccepted advisory;
    private final boolean live;
    private final Instant receivedAt;
    private final Stage standing;
    private final List<Stage> newestFirst;
    private final Instant latest;
    private final Optional<Stage> held;
    private @Nullable String affected;

    private EvaluatedAdvisory(AdvisoryAccepted advisory, Matching matching) {
        Ecosystem ecosystem = Ecosystem.ofWireName(advisory.getEcosystem())
                .orElseThrow(() -> new IllegalArgumentException("advisory is for an ecosystem that is not known"));
        this.advisory = advisory.getEarlier().isEmpty() && advisory.getHeld().isEmpty() ? advisory : asTold(advisory);
        this.live = !advisory.getNarrowed() && advisory.getWithdrawnAt().isEmpty();
        this.receivedAt = advisory.getReceivedAt().orElse(advisory.getFirstReceivedAt());
        this.standing = new Stage(
                AffectedVersions.of(advisory),
                until(receivedAt, advisory.getAnnouncedAt().orElse(advisory.getPublishedAt()), matching));
        List<Stage> earlier = new ArrayList<>();
        for (EarlierRevision revision : advisory.getEarlier().orElse(List.of())) {
            earlier.add(stage(ecosystem, revision, matching));
        }
        this.held = advisory.getHeld().map(revision -> stage(ecosystem, revision, matching));
        this.newestFirst = List.copyOf(earlier.reversed());
        this.latest = Stream.concat(Stream.of(standing), earlier.stream())
                .map(Stage::until)
                .max(Instant::compareTo)
                .orElseThrow();
    }

    private static Stage stage(Ecosystem ecosystem, EarlierRevision revision, Matching matching) {
        return new Stage(
                AffectedVersions.of(ecosystem, revision.getAllVersions(), revision.getVersions(), revision.getRanges()),
                until(revision.getReceivedAt(), revision.getAnnouncedAt(), matching));
    }

    /**
     * @throws IllegalArgumentException if the ecosystem is not known or a border is no version of it
     */
    static EvaluatedAdvisory of(AdvisoryAccepted advisory, Matching matching) {
        return new EvaluatedAdvisory(advisory, matching);
    }

    /** As it is told: what earlier revisions said, or a held one says, decides here and is nobody's concern afterwards. */
    public AdvisoryAccepted advisory() {
        return advisory;
    }

    /** {@link AffectedDigest} of {@link #advisory}, made once for all its matches. For one thread. */
    String affected() {
        String known = affected;
        if (known == null) {
            known = AffectedDigest.of(advisory);
            affected = known;
        }
        return known;
    }

    /** Neither withdrawn nor narrowed: only then a download that comes later rings. */
    public boolean isLive() {
        return live;
    }

    /**
     * The last instant at which a download of the version counts. Of one that is withdrawn or narrowed all counts that any revision may
     * have rung for, since those who were told of it must hear of that too.
     *
     * @return empty if the version is not affected.
     */
    public Optional<Instant> countsUntil(String version) {
        return live ? countsSinceNamed(version) : everCounted(version);
    }

    /**
     * Until when downloads of the version must stay stored, however many there are: those that count now, and those that will count if what
     * is held is released.
     *
     * @return empty if there are none to keep
     */
    public Optional<Instant> keepsUntil(String version) {
        return Stream.concat(
                        live ? countsSinceNamed(version).stream() : Stream.empty(),
                        latest(held.stream(), version).stream())
                // Where all count, the newest are all that is told: none before them need stay.
                .filter(until -> !until.equals(Instant.MAX))
                .max(Instant::compareTo);
    }

    /**
     * Until when downloads of the version must stay stored, however old they are: those that a scan under way may count, and those that will
     * count if what is held is released.
     *
     * @param since a scan for what was first said before is over
     * @return empty if there are none to keep
     */
    public Optional<Instant> needsUntil(String version, Instant since) {
        boolean maybeUnderWay = !receivedAt.isBefore(since);
        return Stream.concat(
                        maybeUnderWay ? countsUntil(version).stream() : Stream.empty(),
                        latest(held.stream(), version).stream())
                .max(Instant::compareTo);
    }

    /** The last instant at which a download of any version counts: most advisories are old, and need not be asked for the version. */
    public Instant countsUntilAtLatest() {
        return latest;
    }

    /** Whether the revision before this one did not name the version. */
    public boolean isAdded(String version) {
        return live
                && !newestFirst.isEmpty()
                && standing.names().contains(version)
                && !newestFirst.getFirst().names().contains(version);
    }

    private Optional<Instant> countsSinceNamed(String version) {
        if (!standing.names().contains(version)) {
            return Optional.empty();
        }
        Instant until = standing.until();
        for (Stage earlier : newestFirst) {
            if (!earlier.names().contains(version)) {
                break;
            }
            until = earlier.until().isBefore(until) ? earlier.until() : until;
        }
        return Optional.of(until);
    }

    private Optional<Instant> everCounted(String version) {
        return latest(newestFirst.stream(), version).or(() -> latest(Stream.of(standing), version));
    }

    private static Optional<Instant> latest(Stream<Stage> stages, String version) {
        return stages.filter(stage -> stage.names().contains(version))
                .map(Stage::until)
                .max(Instant::compareTo);
    }

    private static Instant until(Instant receivedAt, Instant announcedAt, Matching matching) {
        if (matching.live()) {
            return Instant.MAX;
        }
        Instant graceEnds = announcedAt.plus(matching.grace());
        return receivedAt.isBefore(graceEnds) ? receivedAt : graceEnds;
    }

    private static AdvisoryAccepted asTold(AdvisoryAccepted a) {
        return new AdvisoryAccepted(
                a.getFeed(),
                a.getAdvisoryId(),
                a.getEcosystem(),
                a.getPackageName(),
                a.getRevision(),
                a.getPublishedAt(),
                a.getFirstReceivedAt(),
                a.getWithdrawnAt().orElse(null),
                a.getNarrowed(),
                a.getAliases(),
                a.getKind(),
                a.getSeverity(),
                a.getSummary(),
                a.getAdvisoryUrl().orElse(null),
                a.getAllVersions(),
                a.getVersions(),
                a.getRanges(),
                a.getReceivedAt().orElse(null),
                a.getAnnouncedAt().orElse(null),
                null,
                null);
    }
}
