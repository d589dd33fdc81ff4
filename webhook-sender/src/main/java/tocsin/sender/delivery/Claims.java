package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tocsin.sender.breaker.EndpointBreaker;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.sender.endpoint.EndpointSecrets;
import tocsin.sender.endpoint.SigningSecrets;
import tocsin.sender.pace.PaceRepository;
import tocsin.sender.pace.Turns;
import tocsin.service.database.GroupedWork;

/**
 * What an attempt must take before it goes: the probe of an endpoint that fails, a turn at one with a pace. Who takes writes, and waits for whoever writes of the
 * same endpoint, so these are transactions of their own, and the endpoint is looked at again after the wait.
 */
@Singleton
final class Claims {

    private static final int MOST_AT_ONCE = 200;

    private final EndpointRegistry endpoints;
    private final EndpointSecrets secrets;
    private final EndpointBreaker breaker;
    private final PaceRepository paces;
    private final DatabaseClient database;
    private final Clock clock;
    /** Apart, so that an endpoint that is well waits for none that fails. */
    private final GroupedWork<Claim, Standing> probes =
            new GroupedWork<>("probes", MOST_AT_ONCE, Duration.ZERO, DatabaseException::saysOutage, this::answers);

    private final GroupedWork<Claim, Standing> turns =
            new GroupedWork<>("turns", MOST_AT_ONCE, Duration.ZERO, DatabaseException::saysOutage, this::answers);

    /** @param isProbe whether its endpoint has failed until now */
    record Claim(Standing.Ready ready, boolean isProbe) {

        String endpointId() {
            return ready.endpoint().id();
        }
    }

    Claims(
            EndpointRegistry endpoints,
            EndpointSecrets secrets,
            EndpointBreaker breaker,
            PaceRepository paces,
            DatabaseClient database,
            Clock clock) {
        this.endpoints = endpoints;
        this.secrets = secrets;
        this.breaker = breaker;
        this.paces = paces;
        this.database = database;
        this.clock = clock;
    }

    /** @return {@link Standing.Ready} if it may go, and else why it may not */
    Standing take(Claim claim) throws InterruptedException {
        return (claim.isProbe() ? probes : turns).call(claim);
    }

    private List<Standing> answers(List<Claim> wanted) {
        return database.inTransaction(_ -> {
            // Each is answered for itself, also where two are equal.
            IdentityHashMap<Claim, Standing> answers = new IdentityHashMap<>();
            // First what is known of endpoints, then their paces, each in one order, so that nobody waits in a circle.
            wanted.stream()
                    .collect(Collectors.groupingBy(Claim::endpointId, TreeMap::new, Collectors.toList()))
                    .values()
                    .forEach(ofOneEndpoint -> answers.putAll(probed(ofOneEndpoint)));
            takeTurns(answers);
            return asTheyAreNow(wanted.stream().map(answers::get).toList());
        });
    }

    /** Whoever was waited for may have disabled or deleted an endpoint meanwhile, or led it elsewhere. */
    private List<Standing> asTheyAreNow(List<Standing> answers) {
        Set<String> ids = answers.stream()
                .filter(Standing.Ready.class::isInstance)
                .map(answer -> ((Standing.Ready) answer).endpoint().id())
                .collect(Collectors.toSet());
        if (ids.isEmpty()) {
            return answers;
        }
        Map<String, Endpoint> found = endpoints.find(ids);
        Map<String, SigningSecrets> signing = secrets.signing(ids);
        return answers.stream()
                .map(answer -> answer instanceof Standing.Ready ready ? asItIsNow(ready, found, signing) : answer)
                .toList();
    }

    private static Standing asItIsNow(
            Standing.Ready claimed, Map<String, Endpoint> found, Map<String, SigningSecrets> signing) {
        String id = claimed.endpoint().id();
        Standing now = Standing.of(Optional.ofNullable(found.get(id)), Optional.ofNullable(signing.get(id)));
        return now instanceof Standing.Ready ready ? ready.withFailing(claimed.isFailing()) : now;
    }

    private IdentityHashMap<Claim, Standing> probed(List<Claim> ofOneEndpoint) {
        IdentityHashMap<Claim, Standing> answers = new IdentityHashMap<>();
        Optional<EndpointBreaker.Claimed> ofTheOthers = Optional.empty();
        for (Claim claim : ofOneEndpoint) {
            if (!claim.isProbe()) {
                answers.put(claim, claim.ready());
                continue;
            }
            EndpointBreaker.Claimed claimed = ofTheOthers.orElseGet(() -> breaker.claim(claim.endpointId()));
            answers.put(claim, standing(claim.ready(), claimed));
            // It holds for all that ask after it; that one may go does not.
            if (claimed instanceof EndpointBreaker.Answer.LeaveAlone) {
                ofTheOthers = Optional.of(claimed);
            }
        }
        return answers;
    }

    private static Standing standing(Standing.Ready ready, EndpointBreaker.Claimed claimed) {
        return switch (claimed) {
            case EndpointBreaker.Answer.Go(boolean isFailing) -> ready.withFailing(isFailing);
            case EndpointBreaker.Answer.LeaveAlone alone -> Standing.LeftAlone.of(alone);
        };
    }

    /** Last: who does not go anyway takes nobody's turn. */
    private void takeTurns(IdentityHashMap<Claim, Standing> answers) {
        Map<String, List<Claim>> limited = answers.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Standing.Ready ready
                        && ready.endpoint().maxPerSecond().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.groupingBy(Claim::endpointId));
        if (limited.isEmpty()) {
            return;
        }
        Map<String, Integer> wanted = limited.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().size()));
        Map<String, Turns> turns = paces.take(wanted, clock.instant());
        turns.forEach((id, got) -> {
            Iterator<Claim> without = limited.getOrDefault(id, List.of()).stream()
                    .skip(got.granted())
                    .iterator();
            String reason = "the endpoint gets at most " + got.maxPerSecond() + " attempts a second";
            got.later().forEach(until -> answers.put(without.next(), new Standing.OverPace(reason, until)));
        });
    }
}
