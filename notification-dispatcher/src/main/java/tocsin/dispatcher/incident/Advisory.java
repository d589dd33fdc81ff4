package tocsin.dispatcher.incident;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;

/**
 * One revision of an advisory as it bears on one package.
 *
 * @param summary in the feed's words: hostile text, cut to 2000 characters
 * @param url https only
 * @param narrowed an earlier revision named the package, this one does not any more
 */
public record Advisory(
        String feed,
        String id,
        PackageKey packageKey,
        Instant revision,
        Instant publishedAt,
        Optional<Instant> withdrawnAt,
        boolean narrowed,
        List<String> aliases,
        AdvisoryKind kind,
        Severity severity,
        String summary,
        Optional<String> url,
        boolean allVersions,
        List<String> versions,
        List<AffectedRange> ranges) {

    public Advisory {
        aliases = List.copyOf(aliases);
        versions = List.copyOf(versions);
        ranges = List.copyOf(ranges);
    }

    /** Whether it says that something is affected now. */
    public boolean isLive() {
        return withdrawnAt.isEmpty() && !narrowed;
    }
}
