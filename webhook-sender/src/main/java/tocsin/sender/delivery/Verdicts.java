package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tocsin.sender.breaker.EndpointBreaker;
import tocsin.sender.breaker.EndpointBreaker.Evidence;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.service.database.GroupedWork;
import tocsin.service.tracing.TraceParent;

/**
 * What attempts say of their endpoints, for many that end at the same time in one transaction. Where an endpoint hangs all its attempts end together: with a
 * connection for each, which wait for each other, none would be left for deliveries to endpoints that are well.
 */
@Singleton
final class Verdicts {

    /** What a transaction of some milliseconds holds. */
    private static final int MOST_AT_ONCE = 200;

    private final EndpointRegistry endpoints;
    private final EndpointBreaker breaker;
    private final DatabaseClient database;
    private final GroupedWork<Verdict, Verdict> verdicts =
            new GroupedWork<>("verdicts", MOST_AT_ONCE, Duration.ZERO, DatabaseException::saysOutage, this::heedAll);

    /** By an attempt that has ended. */
    sealed interface Verdict {

        String endpointId();
    }

    /** It went well, after others that failed. */
    record Recovered(String endpointId) implements Verdict {}

    /**
     * @param url where it went
     * @param reason for people
     * @param startedAt when it began
     * @param at when it failed
     * @param cause of what follows from it
     */
    record Failed(
            String orgId,
            String endpointId,
            URI url,
            String reason,
            Instant startedAt,
            Instant at,
            Optional<TraceParent> cause)
            implements Verdict {}

    Verdicts(EndpointRegistry endpoints, EndpointBreaker breaker, DatabaseClient database) {
        this.endpoints = endpoints;
        this.breaker = breaker;
        this.database = database;
    }

    /** Returns when it counts. */
    void count(Verdict verdict) throws InterruptedException {
        verdicts.call(verdict);
    }

    private List<Verdict> heedAll(List<Verdict> group) {
        // Whoever else judges some of these endpoints takes them in the same order, so that nobody waits in a circle.
        Map<String, List<Verdict>> byEndpoint =
                group.stream().collect(Collectors.groupingBy(Verdict::endpointId, TreeMap::new, Collectors.toList()));
        database.together(() -> byEndpoint.forEach(this::heed));
        return group;
    }

    /** @param verdicts on this endpoint, in their order */
    private void heed(String endpointId, List<Verdict> verdicts) {
        Map<URI, Boolean> leadsThere = new HashMap<>();
        List<Evidence> evidence = new ArrayList<>();
        Optional<Failed> last = Optional.empty();
        for (Verdict verdict : verdicts) {
            switch (verdict) {
                case Recovered _ -> evidence.add(new Evidence.Recovered());
                case Failed failed -> {
                    // Where the endpoint leads by now may be sound. It is held before its failures, as by whoever
                    // deletes it.
                    if (leadsThere.computeIfAbsent(failed.url(), url -> endpoints.holdAt(endpointId, url))) {
                        evidence.add(new Evidence.Failed(failed.startedAt(), failed.at()));
                        last = Optional.of(failed);
                    }
                }
            }
        }
        if (evidence.isEmpty()) {
            return;
        }
        Optional<Instant> givenUpSince = breaker.heed(endpointId, evidence);
        if (givenUpSince.isPresent() && last.isPresent()) {
            disable(last.get(), givenUpSince.get());
        }
    }

    private void disable(Failed last, Instant since) {
        String reason = "all attempts have failed since " + since.truncatedTo(ChronoUnit.SECONDS)
                + ", the last because " + last.reason();
        endpoints.disableWithNotice(last.orgId(), last.endpointId(), last.url(), reason, last.at(), last.cause());
    }
}
