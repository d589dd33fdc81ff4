package tocsin.tracker.artifact;

import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;

/** Knows the small files that registries lay beside a package file and that are named after it. */
final class CompanionFile {

    private static final List<String> PACKAGE_FILES =
            List.of(".tgz", ".whl", ".egg", ".zip", ".exe", ".msi", ".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.Z");

    private static final List<Entry<String, DropReason>> COMPANIONS = List.of(
            Map.entry(".metadata", DropReason.METADATA),
            Map.entry(".asc", DropReason.SIGNATURE),
            Map.entry(".sig", DropReason.SIGNATURE),
            Map.entry(".sigstore", DropReason.ATTESTATION),
            Map.entry(".sigstore.json", DropReason.ATTESTATION),
            Map.entry(".provenance", DropReason.ATTESTATION),
            Map.entry(".publish.attestation", DropReason.ATTESTATION),
            Map.entry(".attestation", DropReason.ATTESTATION),
            Map.entry(".md5", DropReason.METADATA),
            Map.entry(".sha1", DropReason.METADATA),
            Map.entry(".sha256", DropReason.METADATA),
            Map.entry(".sha512", DropReason.METADATA));

    private CompanionFile() {}

    /** @return empty if the path does not end like one of them */
    static Optional<DropReason> reason(String path) {
        for (Entry<String, DropReason> companion : COMPANIONS) {
            String extension = companion.getKey();
            if (path.endsWith(extension) && isPackageFile(path, path.length() - extension.length())) {
                return Optional.of(companion.getValue());
            }
        }
        return Optional.empty();
    }

    private static boolean isPackageFile(String path, int end) {
        for (String extension : PACKAGE_FILES) {
            if (path.startsWith(extension, end - extension.length())) {
                return true;
            }
        }
        return false;
    }
}
