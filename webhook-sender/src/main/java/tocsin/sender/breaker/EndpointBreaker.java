package tocsin.sender.breaker;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tocsin.sender.database.DatabaseClient;

/** Remembers how endpoints are doing, for all instances, and says whether one is to be left alone. */
@Singleton
public final class EndpointBreaker {

    private final HealthRepository repository;
    private final DatabaseClient database;
    private final Breaker breaker;
    private final Clock clock;

    EndpointBreaker(HealthRepository repository, DatabaseClient database, BreakerConfig config, Clock clock) {
        this.repository = repository;
        this.database = database;
        this.breaker = new Breaker(config);
        this.clock = clock;
    }

    /** Whether an attempt may be made now. */
    public sealed interface Answer permits Answer.Probe, Claimed {

        /** @param isFailing whether it is news if it goes well */
        record Go(boolean isFailing) implements Claimed {}

        /** The pause is over: whoever {@link #claim}s the attempt that shows how the endpoint is doing makes it. */
        record Probe() implements Answer {}

        /** @param health with the time until which it is left alone */
        record LeaveAlone(Health health, Instant until) implements Claimed {}
    }

    /** How a claim ended. */
    public sealed interface Claimed extends Answer permits Answer.Go, Answer.LeaveAlone {}

    /** What an attempt said of its endpoint. */
    public sealed interface Evidence {

        record Recovered() implements Evidence {}

        /**
         * @param startedAt when the attempt began
         * @param at when it failed
         */
        record Failed(Instant startedAt, Instant at) implements Evidence {}
    }

    /** Of each of them, by its id. Reads, and waits for nobody. */
    public Map<String, Answer> ask(Set<String> endpointIds) {
        Instant now = clock.instant();
        Map<String, Health> seen = repository.find(endpointIds);
        return endpointIds.stream()
                .collect(Collectors.toMap(Function.identity(), id -> answer(Optional.ofNullable(seen.get(id)), now)));
    }

    private Answer answer(Optional<Health> seen, Instant now) {
        return switch (breaker.admit(seen, now)) {
            case Breaker.Admission.Usual() -> new Answer.Go(seen.isPresent());
            case Breaker.Admission.Probe _ -> new Answer.Probe();
            case Breaker.Admission.Wait(Instant until) -> new Answer.LeaveAlone(seen.orElseThrow(), until);
        };
    }

    /**
     * Of all that ask at the end of a pause, one gets the attempt. Nobody else changes how the endpoint is doing until the end of the transaction.
     */
    public Claimed claim(String endpointId) {
        return database.inTransaction(_ -> {
            Optional<Health> health = repository.findForUpdate(endpointId);
            // Now, and not before it waited.
            Instant now = clock.instant();
            return switch (breaker.admit(health, now)) {
                case Breaker.Admission.Usual() -> new Answer.Go(health.isPresent());
                case Breaker.Admission.Wait(Instant until) -> new Answer.LeaveAlone(health.orElseThrow(), until);
                case Breaker.Admission.Probe(Health claimed) -> {
                    repository.save(endpointId, claimed);
                    yield new Answer.Go(true);
                }
            };
        });
    }

    /**
     * @param evidence in the order in which the attempts ended
     * @return since when all attempts have failed, if that is so long that the endpoint is to be disabled
     */
    public Optional<Instant> heed(String endpointId, List<Evidence> evidence) {
        return database.inTransaction(_ -> {
            Optional<Health> health = repository.findForUpdate(endpointId);
            for (Evidence each : evidence) {
                health = switch (each) {
                    // All is as for a new one.
                    case Evidence.Recovered() -> Optional.empty();
                    case Evidence.Failed(Instant startedAt, Instant at) ->
                        Optional.of(breaker.failed(health, startedAt, at));
                };
            }
            health.ifPresentOrElse(it -> repository.save(endpointId, it), () -> repository.remove(endpointId));
            return health.filter(it -> breaker.isGivenUp(it, clock.instant())).map(Health::failingSince);
        });
    }
}
