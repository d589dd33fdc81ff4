package tocsin.tracker.history;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tocsin.service.MissingConfiguration;

/**
 * The history of downloads. Without a URL there is none, and nothing else of the service minds.
 *
 * @param enabled false keeps it off although there is a URL
 * @param url of the database; not {@code datasources.default.url}, which a service cannot start without
 * @param schema its own; made and migrated once the database answers
 * @param retentionDays how many days before today are kept
 * @param batch rows of one transaction, at most
 * @param maximumPoolSize connections of one instance: {@link #OWN_WORK} for its own work, the others for who asks
 * @param migrationTimeout how long one statement that changes the schema may take, such as an index over all that is kept
 * @param backfillRowsPerSecond downloads that a backfill publishes in a second, unless it is asked for otherwise
 */
@ConfigurationProperties("tocsin.history")
record HistoryConfig(
        @Bindable(defaultValue = "true") boolean enabled,
        @Nullable String url,
        @Nullable String username,
        @Nullable String password,
        @Bindable(defaultValue = "download_tracker") String schema,
        @Bindable(defaultValue = "365") int retentionDays,
        @Bindable(defaultValue = "5000") int batch,
        @Bindable(defaultValue = "10") int maximumPoolSize,
        @Bindable(defaultValue = "2h") Duration migrationTimeout,
        @Bindable(defaultValue = "5000") int backfillRowsPerSecond) {

    private static final int MOST_DAYS = 3_660;
    private static final int LARGEST_BATCH = 50_000;
    private static final Duration LONGEST_MIGRATION = Duration.ofDays(7);
    /** Downloads, upkeep, erasures as they come and as they are done, a backfill, and what is asked of the latter two. */
    static final int OWN_WORK = 6;

    /** @throws MissingConfiguration if a value makes no sense */
    HistoryConfig {
        if (!schema.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new MissingConfiguration("tocsin.history.schema is no plain name");
        }
        if (retentionDays < 1 || retentionDays > MOST_DAYS) {
            throw new MissingConfiguration("tocsin.history.retention-days is not from 1 to " + MOST_DAYS);
        }
        if (batch < 1 || batch > LARGEST_BATCH) {
            throw new MissingConfiguration("tocsin.history.batch is not from 1 to " + LARGEST_BATCH);
        }
        if (backfillRowsPerSecond < 1 || backfillRowsPerSecond > Backfill.FASTEST) {
            throw new MissingConfiguration(
                    "tocsin.history.backfill-rows-per-second is not from 1 to " + Backfill.FASTEST);
        }
        if (migrationTimeout.toSeconds() < 1 || migrationTimeout.compareTo(LONGEST_MIGRATION) > 0) {
            throw new MissingConfiguration(
                    "tocsin.history.migration-timeout is not from 1s to " + LONGEST_MIGRATION.toDays() + "d");
        }
        if (maximumPoolSize <= OWN_WORK) {
            throw new MissingConfiguration("tocsin.history.maximum-pool-size is less than " + (OWN_WORK + 1));
        }
    }

    /** Searches at the same time. */
    int questions() {
        return maximumPoolSize - OWN_WORK;
    }

    String requiredUrl() {
        if (url == null) {
            throw MissingConfiguration.of("tocsin.history.url");
        }
        return url;
    }

    /** Without what lets somebody in; a URL may hold a password too. */
    @Override
    public String toString() {
        return "HistoryConfig[schema=" + schema + ", retentionDays=" + retentionDays + "]";
    }
}
