package tocsin.sender.breaker;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tocsin.sender.database.DatabaseClient;

/** Remembers how endpoints are doing, for all instances, and says whether one is to be left alone. */
@Singleton
public final class EndpointBreaker {

    private final HealthRepository repository;
    private final DatabaseClient database;
    private final Breaker breaker;

    EndpointBreaker(HealthRepository repository, DatabaseClient database, BreakerConfig config) {
        this.repository = repository;
        this.database = database;
        this.breaker = new Breaker(config);
    }

    /** Whether an attempt may be made now. */
    public sealed interface Answer {

        /** @param isFailing whether {@link #recovered} is to be told if it goes well */
        record Go(boolean isFailing) implements Answer {}

        /** @param health with the time until which it is left alone */
        record LeaveAlone(Health health, Instant until) implements Answer {}
    }

    /** Of each of them, in their order; within one transaction, with those of one endpoint next to each other. */
    public List<Answer> ask(List<String> endpointIds, Instant now) {
        return database.inTransaction(_ -> {
            Map<String, Health> seen = repository.find(Set.copyOf(endpointIds));
            return endpointIds.stream()
                    .map(id -> ask(id, Optional.ofNullable(seen.get(id)), now))
                    .toList();
        });
    }

    private Answer ask(String endpointId, Optional<Health> seen, Instant now) {
        return switch (breaker.admit(seen, now)) {
            case Breaker.Admission.Usual() -> new Answer.Go(seen.isPresent());
            case Breaker.Admission.Wait(Instant until) -> new Answer.LeaveAlone(seen.orElseThrow(), until);
            case Breaker.Admission.Probe _ -> claim(endpointId, now);
        };
    }

    /** Of all that ask at the end of a pause, one gets the attempt. */
    private Answer claim(String endpointId, Instant now) {
        return database.inTransaction(_ -> {
            Optional<Health> health = repository.findForUpdate(endpointId);
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
     * @param startedAt of the attempt that failed
     * @return since when all attempts have failed, if that is so long that the endpoint is to be disabled
     */
    public Optional<Instant> failed(String endpointId, Instant startedAt, Instant now) {
        return database.inTransaction(_ -> {
            Health health = breaker.failed(repository.findForUpdate(endpointId), startedAt, now);
            repository.save(endpointId, health);
            return breaker.isGivenUp(health, now) ? Optional.of(health.failingSince()) : Optional.empty();
        });
    }

    /** An attempt went well, or its owner has changed something: all is as for a new one. */
    public void recovered(String endpointId) {
        repository.remove(endpointId);
    }
}
