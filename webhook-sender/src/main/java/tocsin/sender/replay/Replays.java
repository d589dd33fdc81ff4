package tocsin.sender.replay;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.deliverylog.PayloadRepository;
import tocsin.sender.deliverylog.Trigger;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.service.outbox.Outbox;

/**
 * Sends ranges of deliveries again, slice by slice. A slice is one transaction: what it sends, how far it came, and when the next one is due. So
 * several instances share the work, and whatever dies, no delivery is sent twice by one replay or left out.
 */
@Singleton
final class Replays {

    /** Of one organisation. */
    static final int MOST_RUNNING = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Replays.class);
    private static final Duration SLICE = Duration.ofSeconds(1);
    /** Where nothing may go at present. */
    private static final Duration UNTIL_THE_NEXT_LOOK = Duration.ofSeconds(10);

    private final ReplayRepository repository;
    private final Rounds rounds;
    private final PayloadRepository payloads;
    private final EndpointRegistry endpoints;
    private final DatabaseClient database;
    private final Outbox outbox;
    private final Clock clock;

    Replays(
            ReplayRepository repository,
            Rounds rounds,
            PayloadRepository payloads,
            EndpointRegistry endpoints,
            DatabaseClient database,
            Outbox outbox,
            Clock clock) {
        this.repository = repository;
        this.rounds = rounds;
        this.payloads = payloads;
        this.endpoints = endpoints;
        this.database = database;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** What came of the wish for one. */
    sealed interface Start {

        record Started(Replay replay) implements Start {}

        record NoSuchEndpoint() implements Start {}

        record TooMany(int limit) implements Start {}
    }

    /** What it would send now; empty if the organisation has no such endpoint. */
    Optional<Replay.Count> count(Replay.Range range) {
        return endpoints.find(range.orgId(), range.endpointId()).map(_ -> repository.count(range));
    }

    Start start(Replay.Range range, int perSecond) {
        Start start = database.inTransaction(_ -> {
            if (endpoints.find(range.orgId(), range.endpointId()).isEmpty()) {
                return new Start.NoSuchEndpoint();
            }
            repository.lockOrganisation(range.orgId());
            if (repository.running(range.orgId()) >= MOST_RUNNING) {
                return new Start.TooMany(MOST_RUNNING);
            }
            Replay replay = new Replay(
                    "RP" + UUID.randomUUID(),
                    range,
                    perSecond,
                    Replay.State.RUNNING,
                    Optional.empty(),
                    repository.count(range).total(),
                    Replay.Progress.NONE,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    Optional.empty());
            repository.insert(replay);
            return new Start.Started(replay);
        });
        if (start instanceof Start.Started(Replay replay)) {
            log("replay.started", replay);
        }
        return start;
    }

    /** @return as it is now; empty if the organisation has none such */
    Optional<Replay> cancel(String orgId, String id) {
        return database.inTransaction(_ -> {
            repository
                    .find(orgId, id)
                    .ifPresent(replay -> repository.end(
                            id, Replay.State.CANCELLED, Optional.of("cancelled by a manager"), clock.instant()));
            return repository.find(orgId, id);
        });
    }

    /**
     * Sends a slice of one whose time has come, on whatever instance it was asked for.
     *
     * @return whether there was one
     */
    boolean sendSlice() {
        return database.inTransaction(_ -> {
            Instant now = clock.instant();
            Optional<Replay> claimed = repository.claim(now);
            claimed.ifPresent(replay -> sendSlice(replay, now));
            return claimed.isPresent();
        });
    }

    private void sendSlice(Replay replay, Instant now) {
        Replay.Range range = replay.range();
        Optional<Endpoint> endpoint = endpoints.find(range.orgId(), range.endpointId());
        if (endpoint.isEmpty()) {
            end(replay, Replay.State.CANCELLED, Optional.of("endpoint deleted"), now);
            return;
        }
        if (!endpoint.get().isEnabled()) {
            repository.delay(replay.id(), "endpoint disabled", now.plus(UNTIL_THE_NEXT_LOOK));
            return;
        }
        if (outbox.isBehind()) {
            repository.delay(replay.id(), "what came first still waits for the broker", now.plus(UNTIL_THE_NEXT_LOOK));
            return;
        }
        List<ReplayRepository.Place> slice = repository.next(replay);
        Replay.Progress progress = Replay.Progress.NONE;
        for (ReplayRepository.Place place : slice) {
            progress = progress.plus(send(place, now));
        }
        if (!slice.isEmpty()) {
            repository.reached(replay.id(), slice.getLast(), progress, now.plus(SLICE));
        }
        if (slice.size() < replay.perSecond()) {
            end(replay, Replay.State.DONE, Optional.empty(), now);
        }
    }

    /** Nobody looks at each of them: what was changed by an erasure is left for a person to resend. */
    private Replay.Progress send(ReplayRepository.Place place, Instant now) {
        Optional<PayloadRepository.KeptRequest> payload = payloads.find(place.delivery());
        if (payload.isEmpty()) {
            return new Replay.Progress(0, 0, 1, 0);
        }
        if (payload.get().erased()) {
            return new Replay.Progress(0, 1, 0, 0);
        }
        return rounds.begin(place.delivery(), payload.get().request(), Trigger.REPLAY, now)
                        .isPresent()
                ? new Replay.Progress(1, 0, 0, 0)
                : new Replay.Progress(0, 0, 0, 1);
    }

    private void end(Replay replay, Replay.State state, Optional<String> reason, Instant now) {
        repository.end(replay.id(), state, reason, now);
        log("replay." + state.text(), replay);
    }

    private static void log(String event, Replay replay) {
        LOG.atInfo()
                .addKeyValue("replayId", replay.id())
                .addKeyValue("endpointId", replay.range().endpointId())
                .addKeyValue("total", replay.total())
                .log(event);
    }
}
