package tocsin.matcher.osv;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.VersionRange;

/**
 * One OSV record, of its packages only those of an ecosystem that we know.
 *
 * @param modified the revision
 * @param published when the feed published it; {@code modified} where the record does not tell
 * @param aliases without the id itself
 * @param summary at most {@value #MAX_SUMMARY_LENGTH} characters, without control characters; still hostile text
 * @param url https only
 * @param packages each once
 * @param flaws what of the record cannot be evaluated; a package of which something else can be is in {@code packages} as well
 */
public record OsvAdvisory(
        String id,
        Instant modified,
        Instant published,
        Optional<Instant> withdrawn,
        List<String> aliases,
        AdvisoryKind kind,
        String summary,
        Optional<String> url,
        List<AffectedPackage> packages,
        List<Flaw> flaws) {

    public static final int MAX_SUMMARY_LENGTH = 2000;

    public OsvAdvisory {
        aliases = List.copyOf(aliases);
        packages = List.copyOf(packages);
        flaws = List.copyOf(flaws);
    }

    /**
     * All that the record's {@code affected} entries say of one package.
     *
     * @param severity critical for malware; else as rated, of the record or of the package, the worst
     * @param allVersions a range begins at 0, or at the least version that there can be, and has no end: even a version that cannot be ordered is affected
     * @param versions listed ones, in the feed's words, each once
     * @param ranges without those of type GIT
     */
    public record AffectedPackage(
            PackageKey packageKey,
            Severity severity,
            boolean allVersions,
            List<String> versions,
            List<VersionRange> ranges) {

        /** Of {@link #textLength}: an accepted advisory travels inside every match and scan. */
        public static final int MAX_TEXT_LENGTH = 128 * 1024;

        public AffectedPackage {
            versions = List.copyOf(versions);
            ranges = List.copyOf(ranges);
        }

        /** Characters of all versions and borders together. */
        public int textLength() {
            return versions.stream().mapToInt(String::length).sum()
                    + ranges.stream()
                            .flatMap(range -> range.getEvents().stream())
                            .mapToInt(event -> event.getVersion().length())
                            .sum();
        }
    }

    /** @param packageKey empty where not even the package can be told */
    public record Flaw(Optional<PackageKey> packageKey, String reason) {}
}
