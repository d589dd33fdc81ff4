package tocsin.matcher.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryHeld;
import tocsin.schemas.avro.Severity;

/** Decides what becomes of a published advisory. */
public final class Intake {

    /** What is remembered of one advisory is one record of the store's changelog, which takes 1 MiB. */
    private static final int MAX_REMEMBERED_BYTES = 900_000;

    /** Of one advisory, by all its revisions: each is told anew by each revision. */
    static final int MAX_PACKAGES = 5000;

    /** What a record says for people goes into a message for each of its packages. */
    private static final int MAX_SPREAD_BYTES = 8 * 1024 * 1024;

    /** What a topic takes by default is 1 MiB; headers, and what travels around an advisory, need some of that. */
    private static final int MAX_MESSAGE_BYTES = 900_000;

    private static final MessageCodec<AdvisoryAccepted> CODEC = MessageCodec.of(AdvisoryAccepted.class);

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

    private IntakeOutcome accepted(List<Ruling> rulings, Remembered remember) {
        for (Ruling ruling : rulings) {
            // What is kept of a hold is an advisory as well, and no topic would take it either.
            boolean isTooLarge = isTooLarge(ruling.message())
                    || ruling.row().filter(row -> isTooLarge(row.getAdvisory())).isPresent();
            if (isTooLarge) {
                return new IntakeOutcome.Refused("what is to be told of "
                        + ruling.message().getEcosystem() + ":"
                        + ruling.message().getPackageName() + " has more than " + MAX_MESSAGE_BYTES + " bytes");
            }
        }
        return new IntakeOutcome.Accepted(
                rulings.stream().map(Ruling::message).toList(),
                rulings.stream().flatMap(ruling -> ruling.row().stream()).toList(),
                remember,
                flaw());
    }

    private static boolean isTooLarge(AdvisoryAccepted advisory) {
        return CODEC.encode(advisory).length > MAX_MESSAGE_BYTES;
    }

    private IntakeOutcome newest() {
        boolean isWithdrawn = osv.withdrawn().isPresent();
        // What a withdrawal takes back is known without what it says itself.
        if (osv.packages().isEmpty() && !osv.flaws().isEmpty() && !isWithdrawn) {
            return new IntakeOutcome.Refused(reasons());
        }
        Set<PackageKey> once = remembered.map(Remembered::packages).orElse(Set.of());
        // A withdrawal that came first is remembered: what it takes back may still come.
        if (osv.packages().isEmpty() && once.isEmpty() && !isWithdrawn) {
            return new IntakeOutcome.Refused("names no package of a known ecosystem");
        }
        Optional<String> tooMuch = tooMuch(once);
        if (tooMuch.isPresent()) {
            return new IntakeOutcome.Refused(tooMuch.get());
        }

        List<Ruling> rulings = new ArrayList<>();
        Set<PackageKey> read = new HashSet<>();
        for (AffectedPackage affected : named(once)) {
            withWhatStands(affected).ifPresent(whole -> {
                read.add(whole.packageKey());
                rulings.add(ruled(whole, false));
            });
        }
        // What a flawed entry means is not known, so it takes nothing back.
        Set<PackageKey> unread = isWithdrawn
                ? Set.of()
                : flawed().filter(packageKey -> !read.contains(packageKey)).collect(Collectors.toSet());
        // A withdrawal takes back all, also what it does not name any more.
        boolean narrowed = !isWithdrawn;
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

    /** What was never told of need not be taken back; where a withdrawal names so much, only what was is followed. */
    private List<AffectedPackage> named(Set<PackageKey> once) {
        boolean isLarge = once.size() + osv.packages().size() > MAX_PACKAGES;
        return osv.withdrawn().isPresent() && isLarge
                ? osv.packages().stream()
                        .filter(affected -> once.contains(affected.packageKey()))
                        .toList()
                : osv.packages();
    }

    /** Whether one record of some hundred kilobytes would become hundreds of megabytes of messages. */
    private Optional<String> tooMuch(Set<PackageKey> once) {
        Set<PackageKey> all = new HashSet<>(once);
        named(once).forEach(affected -> all.add(affected.packageKey()));
        if (osv.withdrawn().isEmpty()) {
            flawed().forEach(all::add);
        }
        if (all.size() > MAX_PACKAGES) {
            return Optional.of("its revisions have named " + all.size() + " packages, too many to follow");
        }
        long spread = Stream.of(osv.aliases().stream(), Stream.of(osv.summary()), osv.url().stream())
                .flatMap(texts -> texts)
                .mapToLong(text -> text.getBytes(UTF_8).length)
                .sum();
        return spread * all.size() > MAX_SPREAD_BYTES
                ? Optional.of("its aliases, summary and address are " + spread + " bytes for each of " + all.size()
                        + " packages, more than can be told")
                : Optional.empty();
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
