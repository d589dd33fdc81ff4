package tocsin.dispatcher.payload;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tocsin.dispatcher.incident.Download;
import tocsin.schemas.avro.PrincipalType;

/**
 * Counts over what one notice holds.
 *
 * @param truncated there are more downloads than the notice holds
 */
public record Summary(
        int totalDownloads,
        int uniqueUsers,
        int uniqueOrgTokens,
        int uniqueRepositories,
        Instant earliest,
        Instant latest,
        boolean truncated) {

    /** @param downloads newest first, at least one */
    public static Summary of(List<Download> downloads, boolean truncated) {
        return new Summary(
                downloads.size(),
                unique(
                        downloads,
                        PrincipalType.HUMAN,
                        it -> Optional.of(it.principal().id())),
                unique(
                        downloads,
                        PrincipalType.ORG_TOKEN,
                        it -> Optional.of(it.principal().id())),
                unique(downloads, PrincipalType.CI_CD, it -> it.principal().repository()),
                downloads.getLast().fetchedAt(),
                downloads.getFirst().fetchedAt(),
                truncated);
    }

    private static int unique(
            List<Download> downloads, PrincipalType type, Function<Download, Optional<String>> identity) {
        return (int) downloads.stream()
                .filter(it -> it.principal().type() == type)
                .flatMap(it -> identity.apply(it).stream())
                .distinct()
                .count();
    }
}
