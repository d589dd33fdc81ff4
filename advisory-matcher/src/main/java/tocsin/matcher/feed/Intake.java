package tocsin.matcher.feed;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
     * says something that cannot be read: what is older stands beside what can, as it would had it come first.
     */
    private IntakeOutcome older(Remembered known) {
        List<Ruling> rulings = new ArrayList<>();
        Map<PackageKey, Instant> unread = new HashMap<>(known.unread());
        for (AffectedPackage affected : osv.packages()) {
            Instant whole = unread.get(affected.packageKey());
            if (whole != null && !revision.isBefore(whole)) {
                said(affected.packageKey())
                        .filter(newer -> revision.isBefore(newer.getRevision()))
                        .findFirst()
                        .map(newer -> beside(newer, affected))
                        .orElseGet(() -> withWhatStands(affected).map(it -> candidate(it, false)))
                        .ifPresent(candidate -> {
                            rulings.add(holding.rule(candidate, last.apply(affected.packageKey())));
                            unread.put(affected.packageKey(), revision);
                        });
            }
        }
        return rulings.isEmpty()
                ? new IntakeOutcome.OlderRevision(known.revision())
                : accepted(rulings, new Remembered(known.revision(), firstReceivedAt, known.packages(), unread));
    }

    /** What is held of a package, or else what stands. */
    private Stream<AdvisoryAccepted> said(PackageKey packageKey) {
        return Stream.concat(
                holding.open(packageKey).map(AdvisoryHeld::getAdvisory).stream(), last.apply(packageKey).stream());
    }

    /**
     * What the newer revision says of the package, with what the older one does.
     *
     * @return empty if that is too much for one advisory
     */
    private Optional<AdvisoryAccepted> beside(AdvisoryAccepted newer, AffectedPackage older) {
        AffectedPackage both = new AffectedPackage(
                older.packageKey(),
                newer.getSeverity(),
                newer.getAllVersions() || older.allVersions(),
                together(newer.getVersions(), older.versions()),
                together(newer.getRanges(), older.ranges()));
        if (both.textLength() > AffectedPackage.MAX_TEXT_LENGTH) {
            return Optional.empty();
        }
        Naming naming = naming(both, true, revision);
        return Optional.of(AdvisoryAccepted.newBuilder(newer)
                .setFirstReceivedAt(firstReceivedAt)
                .setAllVersions(both.allVersions())
                .setVersions(both.versions())
                .setRanges(both.ranges())
                .setReceivedAt(naming.standing().getReceivedAt())
                .setAnnouncedAt(naming.standing().getAnnouncedAt())
                .setEarlier(naming.earlier().isEmpty() ? null : naming.earlier())
                .setHeld(null)
                .build());
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
        Remembered remember = new Remembered(revision, firstReceivedAt, packages, notWhole(unread));
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

    /** With up to which revision all that was said of each has been judged. Of a withdrawal nothing more need be known. */
    private Map<PackageKey, Instant> notWhole(Set<PackageKey> unread) {
        Stream<PackageKey> partly = osv.withdrawn().isEmpty() ? flawed() : unread.stream();
        return partly.distinct()
                .collect(Collectors.toMap(
                        packageKey -> packageKey,
                        packageKey -> remembered
                                .map(known -> known.unread().getOrDefault(packageKey, known.revision()))
                                .orElse(Instant.EPOCH)));
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
        Naming naming = naming(
                affected, !narrowed && osv.withdrawn().isEmpty(), remembered.isPresent() ? revision : osv.published());
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

    private Naming naming(AffectedPackage affected, boolean live, Instant firstAnnouncedAt) {
        Naming said = Naming.of(
                affected, live, last.apply(affected.packageKey()), published.receivedAt(), firstAnnouncedAt, revision);
        return holding.open(affected.packageKey())
                .map(held -> said.since(held.getAdvisory()))
                .orElse(said);
    }
}
