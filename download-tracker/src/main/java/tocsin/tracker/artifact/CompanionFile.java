package tocsin.tracker.artifact;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Knows the small files that registries lay beside a package file and that are named after it. */
final class CompanionFile {

    private static final Pattern NAMED_AFTER_A_FILE = Pattern.compile(
            ".*\\.(?:tgz|whl|egg|zip|exe|msi|tar|tar\\.(?:gz|bz2|xz|Z))"
                    + "\\.(metadata|asc|sig|sigstore|sigstore\\.json|provenance|attestation|publish\\.attestation|md5|sha1|sha256|sha512)");

    private CompanionFile() {}

    /** @return empty if the path does not end like one of them */
    static Optional<DropReason> reason(String path) {
        Matcher companion = NAMED_AFTER_A_FILE.matcher(path);
        return companion.matches() ? Optional.of(reasonOf(companion.group(1))) : Optional.empty();
    }

    private static DropReason reasonOf(String extension) {
        return switch (extension) {
            case "asc", "sig" -> DropReason.SIGNATURE;
            case "sigstore", "sigstore.json", "provenance", "attestation", "publish.attestation" ->
                DropReason.ATTESTATION;
            default -> DropReason.METADATA;
        };
    }
}
