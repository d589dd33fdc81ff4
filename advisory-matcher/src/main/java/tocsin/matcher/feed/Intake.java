package tocsin.matcher.feed;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tocsin.matcher.osv.OsvAdvisory;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.matcher.osv.OsvAdvisory.Flaw;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.Severity;

/** Decides what becomes of a published advisory. */
public final class Intake {

    /** What is remembered of one advisory is one record of the store's changelog, which takes 1 MiB. */
    private static final int MAX_REMEMBERED_BYTES = 900_000;

    private Intake() {}

    /** @param remembered of the same feed and id */
    public static IntakeOutcome decide(PublishedAdvisory published, Optional<Remembered> remembered) {
        OsvAdvisory osv = published.osv();
        // Messages carry whole milliseconds; two revisions within one are equal, and the one that comes later stands.
        Instant revision = osv.modified().truncatedTo(ChronoUnit.MILLIS);
        if (remembered.isPresent() && revision.isBefore(remembered.get().revision())) {
            return new IntakeOutcome.OlderRevision(remembered.get().revision());
        }
        if (osv.packages().isEmpty() && !osv.flaws().isEmpty()) {
            return new IntakeOutcome.Refused(reasons(osv));
        }
        Set<PackageKey> once = remembered.map(Remembered::packages).orElse(Set.of());
        if (osv.packages().isEmpty() && once.isEmpty()) {
            return new IntakeOutcome.Refused("names no package of a known ecosystem");
        }

        Instant firstReceivedAt = remembered
                .map(Remembered::firstReceivedAt)
                .filter(known -> known.isBefore(published.receivedAt()))
                .orElse(published.receivedAt());
        List<AdvisoryAccepted> advisories = new ArrayList<>();
        Set<PackageKey> now = new HashSet<>();
        for (AffectedPackage affected : osv.packages()) {
            now.add(affected.packageKey());
            advisories.add(accepted(published, revision, firstReceivedAt, affected, false));
        }
        // What a flawed entry means is not known, so it takes nothing back.
        osv.flaws().forEach(flaw -> flaw.packageKey().ifPresent(now::add));
        once.stream()
                .filter(packageKey -> !now.contains(packageKey))
                .map(Intake::nothingOf)
                .forEach(nothing -> advisories.add(accepted(published, revision, firstReceivedAt, nothing, true)));

        now.addAll(once);
        Remembered remember = new Remembered(revision, firstReceivedAt, now);
        if (remember.encode().length > MAX_REMEMBERED_BYTES) {
            return new IntakeOutcome.Refused(
                    "its revisions have named " + now.size() + " packages, too many to follow");
        }
        return new IntakeOutcome.Accepted(
                advisories, remember, osv.flaws().isEmpty() ? Optional.empty() : Optional.of(reasons(osv)));
    }

    private static String reasons(OsvAdvisory osv) {
        return osv.flaws().stream().map(Flaw::reason).collect(Collectors.joining("; "));
    }

    private static AffectedPackage nothingOf(PackageKey packageKey) {
        return new AffectedPackage(packageKey, Severity.UNKNOWN, false, List.of(), List.of());
    }

    private static AdvisoryAccepted accepted(
            PublishedAdvisory published,
            Instant revision,
            Instant firstReceivedAt,
            AffectedPackage affected,
            boolean narrowed) {
        OsvAdvisory osv = published.osv();
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
                .build();
    }
}
