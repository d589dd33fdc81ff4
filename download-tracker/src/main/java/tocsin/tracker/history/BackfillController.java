package tocsin.tracker.history;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Audience;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Writes what the history holds to {@code download.recorded} again, for a matcher that lost its state. */
@Controller("/v1/backfills")
final class BackfillController {

    private static final Logger LOG = LoggerFactory.getLogger(BackfillController.class);

    private final Optional<BackfillRepository> backfills;
    private final HistoryConfig config;
    private final Clock clock;

    BackfillController(Optional<BackfillRepository> backfills, HistoryConfig config, Clock clock) {
        this.backfills = backfills;
        this.config = config;
        this.clock = clock;
    }

    /**
     * @param since downloads that were fetched then or later, as in {@code 2026-04-15T08:30:00Z}
     * @param until fetched before; now if left out
     * @param orgId of one organisation only; left out: of all, and of tokens that belong to none
     * @param rowsPerSecond at most, of all instances together; left out: as configured
     */
    @Serdeable
    @JsonIgnoreProperties(ignoreUnknown = false)
    record BackfillBody(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            String since,

            @Nullable String until,
            @JsonProperty("org_id") @Nullable String orgId,
            @JsonProperty("rows_per_second") @Nullable Integer rowsPerSecond) {}

    /**
     * @param state {@code running}, {@code done} or {@code cancelled}
     * @param days that are looked through, and one more for what lies in no day
     * @param daysDone of them
     * @param publishedRows downloads that the brokers have, as far as the cursor is; after a fault some of them twice
     * @param unreadableRows left out, with their ids in the log
     * @param trouble why it does not go on at the moment
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownBackfill(
            String id,
            Instant requestedAt,
            Instant since,
            Instant until,
            @Nullable String orgId,
            int rowsPerSecond,
            String state,
            @Nullable Instant endedAt,
            int days,
            int daysDone,
            long publishedRows,
            long unreadableRows,
            @Nullable String trouble) {

        static ShownBackfill of(Backfill.Progress progress) {
            Backfill backfill = progress.backfill();
            return new ShownBackfill(
                    backfill.id().toString(),
                    backfill.requestedAt(),
                    backfill.since(),
                    backfill.until(),
                    backfill.organisation().map(Audience.Organisation::orgId).orElse(null),
                    backfill.rowsPerSecond(),
                    progress.state().name().toLowerCase(Locale.ROOT),
                    progress.endedAt().orElse(null),
                    progress.days(),
                    progress.daysDone(),
                    progress.published(),
                    progress.unreadable(),
                    progress.trouble().orElse(null));
        }
    }

    @Serdeable
    record BackfillList(List<ShownBackfill> backfills) {}

    /**
     * Answers 202 as soon as it is stored that it has to be done; it is then done whatever becomes of any instance, after those that were asked for
     * before. 404 where no history is kept, 409 while ten are running, 503 while the history's database is away.
     */
    @Post
    @Status(HttpStatus.ACCEPTED)
    ShownBackfill add(@Parameter(hidden = true) Caller caller, @Body BackfillBody body) {
        caller.requireScope(ServiceScope.ADMIN);
        BackfillRepository repository = repository();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Backfill backfill;
        try {
            backfill = new Backfill(
                    UUID.randomUUID(),
                    now,
                    Optional.ofNullable(body.orgId()).map(Audience.Organisation::new),
                    time("since", body.since()).orElseThrow(() -> new IllegalArgumentException("since is missing")),
                    time("until", body.until()).orElse(now),
                    body.rowsPerSecond() == null ? config.backfillRowsPerSecond() : body.rowsPerSecond());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        return asking(() -> {
            if (!repository.add(backfill)) {
                throw Problem.conflict(
                        BackfillRepository.MOST_RUNNING + " backfills are running. Wait for one, or cancel it.");
            }
            LOG.atInfo()
                    .addKeyValue("backfillId", backfill.id())
                    .addKeyValue("since", backfill.since())
                    .addKeyValue("until", backfill.until())
                    .addKeyValue("rowsPerSecond", backfill.rowsPerSecond())
                    .log("backfill.accepted");
            return find(repository, backfill.id());
        });
    }

    /** The newest first, no more than a hundred; those that ended more than 90 days ago are forgotten. */
    @Get
    BackfillList list(@Parameter(hidden = true) Caller caller) {
        caller.requireScope(ServiceScope.ADMIN);
        BackfillRepository repository = repository();
        return asking(() -> new BackfillList(
                repository.newest().stream().map(ShownBackfill::of).toList()));
    }

    /** How far it is. */
    @Get("/{id}")
    ShownBackfill find(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        caller.requireScope(ServiceScope.ADMIN);
        BackfillRepository repository = repository();
        return asking(() -> find(repository, uuid(id)));
    }

    /** Nothing is published after the answer. 409 if it has ended by itself; cancelled again it is as it was. */
    @Delete("/{id}")
    ShownBackfill cancel(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        caller.requireScope(ServiceScope.ADMIN);
        BackfillRepository repository = repository();
        return asking(() -> {
            UUID uuid = uuid(id);
            if (repository.cancel(uuid)) {
                LOG.atInfo().addKeyValue("backfillId", uuid).log("backfill.cancelled");
            }
            ShownBackfill shown = find(repository, uuid);
            if (!shown.state().equals("cancelled")) {
                throw Problem.conflict("The backfill is done already.");
            }
            return shown;
        });
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws SQLException;
    }

    private BackfillRepository repository() {
        return backfills.orElseThrow(() -> Problem.notFound("No history of downloads is kept here."));
    }

    private static <T> T asking(Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException e) {
            LOG.atWarn().setCause(e).log("history.not-read");
            throw Problem.unavailable("The history cannot be reached at the moment.");
        }
    }

    private static ShownBackfill find(BackfillRepository repository, UUID id) throws SQLException {
        return repository
                .find(id)
                .map(ShownBackfill::of)
                .orElseThrow(() -> Problem.notFound("There is no such backfill."));
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException _) {
            throw Problem.notFound("There is no such backfill.");
        }
    }

    private static Optional<Instant> time(String what, @Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeParseException _) {
            throw new IllegalArgumentException(what + " must be a time such as 2026-04-15T08:30:00Z");
        }
    }
}
