package tocsin.sender.replay;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.sender.deliverylog.DeliveryState;
import tocsin.sender.deliverylog.FilterRules;
import tocsin.sender.deliverylog.LogTimes;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** Sends ranges of deliveries again, for the owners and managers of their organisation. */
@Controller("/v1/orgs/{org}/replays")
final class ReplayController {

    private final Replays replays;
    private final ReplayRepository repository;
    private final ReplayConfig config;
    private final Clock clock;

    ReplayController(Replays replays, ReplayRepository repository, ReplayConfig config, Clock clock) {
        this.replays = replays;
        this.repository = repository;
        this.config = config;
        this.clock = clock;
    }

    /**
     * @param since deliveries first heard of then or later
     * @param until and before then; left out: now
     * @param status {@code failed} or {@code delivered}; left out: those that failed
     * @param type of the event; left out: all
     * @param perSecond at most; left out: as fast as this service allows
     * @param dryRun true: says only how many there are
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ReplayWish(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            String endpointId,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            Instant since,

            @Nullable Instant until,
            @Nullable List<String> status,
            @Nullable String type,
            @Nullable Integer perSecond,
            @Nullable Boolean dryRun) {}

    /**
     * @param state {@code counted}, {@code running}, {@code done} or {@code cancelled}
     * @param id absent where it was only counted, like all that tells of progress
     * @param reason why it ended early, or waits
     * @param total deliveries in the range
     * @param skippedErased in whose payload somebody has been erased
     * @param skippedNotKept whose payload is no longer kept
     * @param skippedUnderWay that somebody had asked for already
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownReplay(
            @Nullable String id,
            String state,
            @Nullable String reason,
            String endpointId,
            Instant since,
            Instant until,
            List<String> status,
            @Nullable String type,
            int perSecond,
            long total,
            long sent,
            long skippedErased,
            long skippedNotKept,
            long skippedUnderWay,
            @Nullable Instant createdAt,
            @Nullable Instant finishedAt) {

        static ShownReplay of(Replay replay) {
            Replay.Progress progress = replay.progress();
            Replay.Range range = replay.range();
            return new ShownReplay(
                    replay.id(),
                    replay.state().text(),
                    replay.reason().orElse(null),
                    range.endpointId(),
                    range.since(),
                    range.until(),
                    words(range),
                    range.type().orElse(null),
                    replay.perSecond(),
                    replay.total(),
                    progress.sent(),
                    progress.erased(),
                    progress.notKept(),
                    progress.underWay(),
                    replay.createdAt(),
                    replay.finishedAt().orElse(null));
        }

        static ShownReplay counted(Replay.Range range, int perSecond, Replay.Count count) {
            return new ShownReplay(
                    null,
                    "counted",
                    null,
                    range.endpointId(),
                    range.since(),
                    range.until(),
                    words(range),
                    range.type().orElse(null),
                    perSecond,
                    count.total(),
                    0,
                    count.erased(),
                    count.notKept(),
                    0,
                    null,
                    null);
        }

        private static List<String> words(Replay.Range range) {
            return range.states().stream()
                    .map(state -> state == DeliveryState.DELIVERED ? "delivered" : "failed")
                    .toList();
        }
    }

    @Serdeable
    record ReplayList(List<ShownReplay> replays) {}

    /**
     * Sends the deliveries of one endpoint in a span of time again. With {@code dry_run} nothing is sent: the answer says how many there are, and how
     * many of them would be skipped.
     */
    @Post
    HttpResponse<ShownReplay> start(@Parameter(hidden = true) Caller caller, String org, @Body ReplayWish body) {
        caller.requireRole(org, OrgRole.MANAGER);
        Replay.Range range = range(org, body);
        int perSecond = perSecond(body);
        if (Boolean.TRUE.equals(body.dryRun())) {
            return HttpResponse.ok(ShownReplay.counted(
                    range, perSecond, replays.count(range).orElseThrow(ReplayController::noSuchEndpoint)));
        }
        return switch (replays.start(range, perSecond)) {
            case Replays.Start.Started(Replay replay) -> HttpResponse.created(ShownReplay.of(replay));
            case Replays.Start.NoSuchEndpoint() -> throw noSuchEndpoint();
            case Replays.Start.TooMany(int limit) ->
                throw Problem.conflict("An organisation has at most " + limit + " replays running.");
        };
    }

    private Replay.Range range(String org, ReplayWish wish) {
        String endpointId = wish.endpointId();
        Instant since = wish.since();
        if (endpointId == null || since == null) {
            throw Problem.badRequest("endpoint_id and since are needed.");
        }
        // What is first heard of from now on is not yet known to need it.
        Instant now = clock.instant();
        Instant until = wish.until() == null || wish.until().isAfter(now) ? now : wish.until();
        if (!since.isBefore(until)) {
            throw Problem.unprocessable("since is not before until, or not before now.");
        }
        return new Replay.Range(
                org,
                endpointId,
                LogTimes.bounded(since),
                LogTimes.bounded(until),
                states(wish.status()),
                Optional.ofNullable(wish.type()).map(FilterRules::type));
    }

    private static List<DeliveryState> states(@Nullable List<String> words) {
        if (words == null || words.isEmpty()) {
            return List.of(DeliveryState.FAILED);
        }
        List<DeliveryState> states = new ArrayList<>();
        for (String word : words) {
            states.add(
                    switch (word) {
                        case "failed" -> DeliveryState.FAILED;
                        case "delivered" -> DeliveryState.DELIVERED;
                        case null, default ->
                            throw Problem.unprocessable(
                                    "status is failed or delivered; what waits goes out by itself.");
                    });
        }
        return states.stream().distinct().toList();
    }

    private int perSecond(ReplayWish wish) {
        Integer perSecond = wish.perSecond();
        if (perSecond == null) {
            return config.perSecond();
        }
        if (perSecond < 1 || perSecond > config.perSecond()) {
            throw Problem.unprocessable("per_second is from 1 to " + config.perSecond() + ".");
        }
        return perSecond;
    }

    /** The organisation's replays, the newest first. */
    @Get
    ReplayList list(@Parameter(hidden = true) Caller caller, String org) {
        caller.requireRole(org, OrgRole.MANAGER);
        return new ReplayList(
                repository.ofOrganisation(org).stream().map(ShownReplay::of).toList());
    }

    /** How far a replay is. */
    @Get("/{replay}")
    ShownReplay show(@Parameter(hidden = true) Caller caller, String org, String replay) {
        caller.requireRole(org, OrgRole.MANAGER);
        return Optional.of(replay)
                .filter(FilterRules::isId)
                .flatMap(id -> repository.find(org, id))
                .map(ShownReplay::of)
                .orElseThrow(ReplayController::noSuchReplay);
    }

    /** Ends a replay. What it has sent stays sent; one that has ended stays as it is. */
    @Post("/{replay}/cancel")
    ShownReplay cancel(@Parameter(hidden = true) Caller caller, String org, String replay) {
        caller.requireRole(org, OrgRole.MANAGER);
        return Optional.of(replay)
                .filter(FilterRules::isId)
                .flatMap(id -> replays.cancel(org, id))
                .map(ShownReplay::of)
                .orElseThrow(ReplayController::noSuchReplay);
    }

    private static Problem noSuchEndpoint() {
        return Problem.notFound("The organisation has no such webhook endpoint.");
    }

    private static Problem noSuchReplay() {
        return Problem.notFound("The organisation has no such replay.");
    }
}
