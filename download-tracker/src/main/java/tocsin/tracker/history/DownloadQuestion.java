package tocsin.tracker.history;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;

/**
 * Which downloads of one organisation are asked for.
 *
 * @param packageName in the ecosystem's canonical spelling, if there is an ecosystem
 * @param versions any of them; none: all
 * @param since fetched then or later
 * @param until fetched before
 * @param before only those behind it, in the order newest first
 */
record DownloadQuestion(
        Audience.Organisation organisation,
        Optional<Ecosystem> ecosystem,
        Optional<String> packageName,
        List<String> versions,
        Optional<String> principalId,
        Optional<String> repository,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<DownloadCursor> before,
        int limit) {

    static final int MOST_VERSIONS = 100;
    static final int MOST_ROWS = 1_000;
    private static final int LONGEST_TEXT = 1_024;

    /** @throws IllegalArgumentException if a part breaks a limit; for the caller to read. */
    DownloadQuestion {
        versions = List.copyOf(versions);
        if (versions.size() > MOST_VERSIONS) {
            throw new IllegalArgumentException("at most " + MOST_VERSIONS + " versions at once");
        }
        if (limit < 1 || limit > MOST_ROWS) {
            throw new IllegalArgumentException("limit must be from 1 to " + MOST_ROWS);
        }
        versions.forEach(version -> check("version", version));
        principalId.ifPresent(text -> check("principal", text));
        repository.ifPresent(text -> check("repository", text));
        packageName.ifPresent(text -> check("package", text));
        if (ecosystem.isPresent() && packageName.isPresent()) {
            packageName = Optional.of(new PackageKey(ecosystem.get(), packageName.get()).name());
        }
        if (since.isPresent() && until.isPresent() && !since.get().isBefore(until.get())) {
            throw new IllegalArgumentException("since must be before until");
        }
    }

    private static void check(String what, String text) {
        if (text.isEmpty() || text.length() > LONGEST_TEXT || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " must have 1 to " + LONGEST_TEXT + " characters and no control characters");
        }
    }
}
