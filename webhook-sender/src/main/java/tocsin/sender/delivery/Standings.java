package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tocsin.sender.breaker.EndpointBreaker;
import tocsin.sender.breaker.Health;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.deliverylog.DeliveryLogRepository;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.sender.endpoint.EndpointSecrets;
import tocsin.sender.endpoint.SigningSecrets;
import tocsin.sender.pace.PaceRepository;
import tocsin.sender.pace.Turns;
import tocsin.service.database.GroupedWork;

/** Asks in one transaction for all that an attempt needs to know, and for many attempts that begin at the same time in the same one. */
@Singleton
final class Standings {

    private static final int MOST_AT_ONCE = 200;

    /** Little for a delivery; for the database, many attempts in one question in place of a few. */
    private static final Duration GATHERING = Duration.ofMillis(5);

    private final DeliveryLogRepository log;
    private final EndpointRegistry endpoints;
    private final EndpointSecrets secrets;
    private final EndpointBreaker breaker;
    private final PaceRepository paces;
    private final DatabaseClient database;
    private final Clock clock;
    private final GroupedWork<Question, Standing> questions =
            new GroupedWork<>("standings", MOST_AT_ONCE, GATHERING, DatabaseException::saysOutage, this::answers);

    private record Question(LoggedDelivery delivery, Optional<Round> round) {}

    /** What the endpoints of a group of questions are, by id. */
    private record Endpoints(Map<String, Endpoint> found, Map<String, SigningSecrets> signing) {}

    Standings(
            DeliveryLogRepository log,
            EndpointRegistry endpoints,
            EndpointSecrets secrets,
            EndpointBreaker breaker,
            PaceRepository paces,
            DatabaseClient database,
            Clock clock) {
        this.log = log;
        this.endpoints = endpoints;
        this.secrets = secrets;
        this.breaker = breaker;
        this.paces = paces;
        this.database = database;
        this.clock = clock;
    }

    /** @param round that it belongs to; what is settled is sent again in none but an open one */
    Standing of(LoggedDelivery delivery, Optional<Round> round) throws InterruptedException {
        return questions.call(new Question(delivery, round));
    }

    private List<Standing> answers(List<Question> asked) {
        return database.inTransaction(_ -> {
            List<DeliveryLogRepository.Known> known =
                    log.known(asked.stream().map(Question::delivery).toList());
            Set<String> ids = asked.stream()
                    .map(question -> question.delivery().endpointId())
                    .collect(Collectors.toSet());
            Endpoints all = new Endpoints(endpoints.find(ids), secrets.signing(ids));
            // Each is answered for itself, also where the same delivery came twice.
            IdentityHashMap<Question, Standing> answers = new IdentityHashMap<>();
            List<Question> ready = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                Question question = asked.get(i);
                Optional<Standing> standing = withoutBreaker(question, known.get(i), all);
                standing.ifPresentOrElse(it -> answers.put(question, it), () -> ready.add(question));
            }
            answers.putAll(byPace(byBreaker(ready, all)));
            return asked.stream().map(answers::get).toList();
        });
    }

    /** Empty where only the breaker may have something against an attempt. */
    private static Optional<Standing> withoutBreaker(
            Question question, DeliveryLogRepository.Known known, Endpoints all) {
        Optional<Round> round = question.round();
        if (round.isEmpty() && known.settlement().isPresent()) {
            return Optional.of(new Standing.Settled(known.settlement().get()));
        }
        if (round.isPresent() && known.openRound() != round.get().number()) {
            return Optional.of(new Standing.Over());
        }
        @Nullable Endpoint endpoint = all.found().get(question.delivery().endpointId());
        // Another organisation's endpoint does not exist for this one.
        if (endpoint == null || !endpoint.orgId().equals(question.delivery().orgId())) {
            return Optional.of(new Standing.Deleted());
        }
        if (endpoint.disabledFor().isPresent()) {
            return Optional.of(new Standing.Disabled(
                    "endpoint disabled: " + endpoint.disabledFor().get()));
        }
        return all.signing().containsKey(endpoint.id()) ? Optional.empty() : Optional.of(new Standing.Deleted());
    }

    private IdentityHashMap<Question, Standing> byBreaker(Collection<Question> ready, Endpoints all) {
        List<Question> sorted = ready.stream()
                .sorted(Comparator.comparing(question -> question.delivery().endpointId()))
                .toList();
        List<EndpointBreaker.Answer> answers = breaker.ask(
                sorted.stream()
                        .map(question -> question.delivery().endpointId())
                        .toList(),
                clock.instant());
        IdentityHashMap<Question, Standing> standings = new IdentityHashMap<>();
        for (int i = 0; i < sorted.size(); i++) {
            String id = sorted.get(i).delivery().endpointId();
            Standing standing = switch (answers.get(i)) {
                case EndpointBreaker.Answer.Go(boolean isFailing) ->
                    new Standing.Ready(
                            Objects.requireNonNull(all.found().get(id)),
                            Objects.requireNonNull(all.signing().get(id)),
                            isFailing);
                case EndpointBreaker.Answer.LeaveAlone(Health health, var until) ->
                    new Standing.LeftAlone(
                            "the endpoint is left alone for a while: its last " + health.failures()
                                    + " attempts failed",
                            until,
                            health.failingSince(),
                            health.probing());
            };
            standings.put(sorted.get(i), standing);
        }
        return standings;
    }

    /** Asked last: who does not go anyway takes nobody's turn. */
    private IdentityHashMap<Question, Standing> byPace(IdentityHashMap<Question, Standing> standings) {
        Map<String, List<Question>> limited = standings.entrySet().stream()
                .filter(entry -> entry.getValue() instanceof Standing.Ready ready
                        && ready.endpoint().maxPerSecond().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.groupingBy(question -> question.delivery().endpointId()));
        if (limited.isEmpty()) {
            return standings;
        }
        Map<String, Integer> wanted = limited.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().size()));
        Map<String, Turns> turns = paces.take(wanted, clock.instant());
        turns.forEach((id, got) -> {
            Iterator<Question> without = limited.getOrDefault(id, List.of()).stream()
                    .skip(got.granted())
                    .iterator();
            String reason = "the endpoint gets at most " + got.maxPerSecond() + " attempts a second";
            got.later().forEach(until -> standings.put(without.next(), new Standing.OverPace(reason, until)));
        });
        return standings;
    }
}
