package tocsin.matcher.feed;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tocsin.matcher.feed.Holding.Ruling;
import tocsin.matcher.osv.OsvAdvisory;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.matcher.osv.OsvAdvisory.Flaw;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.Severity;

/** Decides what becomes of a published advisory. */
public final class Intake {

    /** What is remembered of one advisory is one record of the store's changelog, which takes 1 MiB. */
    private static final int MAX_REMEMBERED_BYTES = 900_000;

    private final PublishedAdvisory published;
    private final OsvAdvisory osv;

    /** Messages carry whole milliseconds; two revisions within one are equal, and the one that comes later stands. */
    private final Instant revision;

    private final Optional<Remembered> remembered;
    private final Function<PackageKey, Optional<AdvisoryAccepted>> last;
    private final Holding holding;
    private final Instant firstReceivedAt;

    private Intake(
            PublishedAdvisory published,
            Optional<Remembered> remembered,
            Function<PackageKey, Optional<AdvisoryAccepted>> last,
            Holding holding) {
        this.published = published;
        this.osv = published.osv();
        this.revision = osv.modified().truncatedTo(ChronoUnit.MILLIS);
        this.remembered = remembered;
        this.last = last;
        this.holding = holding;
        this.firstReceivedAt = remembered
                .map(Remembered::firstReceivedAt)
                .filter(known -> known.isBefore(published.receivedAt()))
                .orElse(published.receivedAt());
    }

    /**
     * @param remembered of the same feed and id
     * @param last what was accepted last of the same feed and id for a package
     * @param holding knows what of the same feed and id is held
     */
    public static IntakeOutcome decide(
            PublishedAdvisory published,
            Optional<Remembered> remembered,
            Function<PackageKey, Optional<AdvisoryAccepted>> last,
            Holding holding) {
        Intake intake = new Intake(published, remembered, last, holding);
        return remembered
                .filter(known -> intake.revision.isBefore(known.revision()))
                .map(intake::older)
                .orElseGet(intake::newest);
    }

    /**
     * An older revision is replaced by the newer one, also for packages that only the older names, but not for those of which the newer
     * says nothing that can be read.
     */
    private IntakeOutcome older(Remembered known) {
        List<Ruling> rulings = osv.packages().stream()
                .filter(affected -> known.unread().contains(affected.packageKey()))
                .filter(affected ->
                        said(affected.packageKey()).noneMatch(newer -> revision.isBefore(newer.getRevision())))
                .flatMap(affected -> withWhatStands(affected).stream())
                .map(affected -> ruled(affected, false))
                .toList();
        return rulings.isEmpty()
                ? new IntakeOutcome.OlderRevision(known.revision())
                : accepted(
                        rulings, new Remembered(known.revision(), firstReceivedAt, known.packages(), known.unread()));
    }

    /** What stands of a package, and what is held. */
    private Stream<AdvisoryAccepted> said(PackageKey packageKey) {
        return Stream.concat(
                last.apply(packageKey).stream(), holding.open(packageKey).map(AdvisoryHeld::getAdvisory).stream());
    }

    private IntakeOutcome.Accepted accepted(List<Ruling> rulings, Remembered remember) {
        return new IntakeOutcome.Accepted(
                rulings.stream().map(Ruling::message).toList(),
                rulings.stream().flatMap(ruling -> ruling.row().stream()).toList(),
                remember,
                flaw());
    }

    private IntakeOutcome newest() {
        if (osv.packages().isEmpty() && !osv.flaws().isEmpty()) {
            return new IntakeOutcome.Refused(reasons());
        }
        Set<PackageKey> once = remembered.map(Remembered::packages).orElse(Set.of());
        // A withdrawal that came first is remembered: what it takes back may still come.
        if (osv.packages().isEmpty() && once.isEmpty() && osv.withdrawn().isEmpty()) {
            return new IntakeOutcome.Refused("names no package of a known ecosystem");
        }

        List<Ruling> rulings = new ArrayList<>();
        Set<PackageKey> read = new HashSet<>();
        for (AffectedPackage affected : osv.packages()) {
            withWhatStands(affected).ifPresent(whole -> {
                read.add(whole.packageKey());
                rulings.add(ruled(whole, false));
            });
        }
        // What a flawed entry means is not known, so it takes nothing back.
        Set<PackageKey> unread =
                flawed().filter(packageKey -> !read.contains(packageKey)).collect(Collectors.toSet());
        // A withdrawal takes back all, also what it does not name any more.
        boolean narrowed = osv.withdrawn().isEmpty();
        once.stream()
                .filter(packageKey -> !read.contains(packageKey) && !unread.contains(packageKey))
                .forEach(packageKey -> rulings.add(ruled(nothingOf(packageKey), narrowed)));

        Set<PackageKey> packages = new HashSet<>(once);
        packages.addAll(read);
        packages.addAll(unread);
        Remembered remember = new Remembered(revision, firstReceivedAt, packages, unread);
        if (remember.encode().length > MAX_REMEMBERED_BYTES) {
            return new IntakeOutcome.Refused(
                    "its revisions have named " + packages.size() + " packages, too many to follow");
        }
        return accepted(rulings, remember);
    }

    /**
     * What can be read of a package is all that the revision says of it, unless a part cannot: then what stands, or else is held, stays beside
     * what can, until a revision comes that can be read whole. A withdrawal needs no versions of its own.
     *
     * @return empty if that is too much for one advisory: then what stands stays as it is
     */
    private Optional<AffectedPackage> withWhatStands(AffectedPackage read) {
        Optional<AdvisoryAccepted> standing = holding.open(read.packageKey())
                .map(AdvisoryHeld::getAdvisory)
                .or(() -> last.apply(read.packageKey())
                        .filter(stands ->
                                !stands.getNarrowed() && stands.getWithdrawnAt().isEmpty()));
        boolean isWhole = flawed().noneMatch(read.packageKey()::equals);
        if (isWhole || osv.withdrawn().isPresent() || standing.isEmpty()) {
            return Optional.of(read);
        }
        AdvisoryAccepted stands = standing.get();
        // First what stands: a repeat of the same adds nothing to it and changes no order.
        AffectedPackage both = new AffectedPackage(
                read.packageKey(),
                read.severity(),
                stands.getAllVersions() || read.allVersions(),
                together(stands.getVersions(), read.versions()),
                together(stands.getRanges(), read.ranges()));
        return Optional.of(both).filter(it -> it.textLength() <= AffectedPackage.MAX_TEXT_LENGTH);
    }

    private static <T> List<T> together(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).distinct().toList();
    }

    private Stream<PackageKey> flawed() {
        return osv.flaws().stream().flatMap(flaw -> flaw.packageKey().stream());
    }

    private Optional<String> flaw() {
        return osv.flaws().isEmpty() ? Optional.empty() : Optional.of(reasons());
    }

    private String reasons() {
        return osv.flaws().stream().map(Flaw::reason).collect(Collectors.joining("; "));
    }

    private static AffectedPackage nothingOf(PackageKey packageKey) {
        return new AffectedPackage(packageKey, Severity.UNKNOWN, false, List.of(), List.of());
    }

    private Ruling ruled(AffectedPackage affected, boolean narrowed) {
        return holding.rule(candidate(affected, narrowed), last.apply(affected.packageKey()));
    }

    private AdvisoryAccepted candidate(AffectedPackage affected, boolean narrowed) {
        Naming said = Naming.of(
                affected,
                !narrowed && osv.withdrawn().isEmpty(),
                last.apply(affected.packageKey()),
                published.receivedAt(),
                remembered.isPresent() ? revision : osv.published(),
                revision);
        Naming naming = holding.open(affected.packageKey())
                .map(held -> said.since(held.getAdvisory()))
                .orElse(said);
        return AdvisoryAccepted.newBuilder()
                .setFeed(published.feed())
                .setAdvisoryId(osv.id())
                .setEcosystem(affected.packageKey().ecosystem().wireName())
                .setPackageName(affected.packageKey().name())
                .setRevision(revision)
                .setPublishedAt(osv.published())
                .setFirstReceivedAt(firstReceivedAt)
                .setWithdrawnAt(osv.withdrawn().orElse(null))
                .setNarrowed(narrowed)
                .setAliases(osv.aliases())
                .setKind(osv.kind())
                .setSeverity(affected.severity())
                .setSummary(osv.summary())
                .setAdvisoryUrl(osv.url().orElse(null))
                .setAllVersions(affected.allVersions())
                .setVersions(affected.versions())
                .setRanges(affected.ranges())
                .setReceivedAt(naming.standing().getReceivedAt())
                .setAnnouncedAt(naming.standing().getAnnouncedAt())
                .setEarlier(naming.earlier().isEmpty() ? null : naming.earlier())
                .build();
    }
}
