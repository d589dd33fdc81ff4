package tocsin.sender.delivery;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tocsin.sender.breaker.EndpointBreaker;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.database.DatabaseException;
import tocsin.sender.deliverylog.DeliveryLogRepository;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.Round;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.sender.endpoint.EndpointSecrets;
import tocsin.sender.endpoint.SigningSecrets;
import tocsin.service.database.GroupedWork;

/**
 * Asks in one transaction for all that an attempt needs to know, and for many attempts that begin at the same time in the same one. It only reads, so that no
 * attempt waits here for what is written of another endpoint; what an attempt has to take before it goes is taken in {@link Claims}.
 */
@Singleton
final class Standings {

    private static final int MOST_AT_ONCE = 200;

    /** Little for a delivery; for the database, many attempts in one question in place of a few. */
    private static final Duration GATHERING = Duration.ofMillis(5);

    private final DeliveryLogRepository log;
    private final EndpointRegistry endpoints;
    private final EndpointSecrets secrets;
    private final EndpointBreaker breaker;
    private final Claims claims;
    private final DatabaseClient database;
    private final GroupedWork<Question, Answer> questions =
            new GroupedWork<>("standings", MOST_AT_ONCE, GATHERING, DatabaseException::saysOutage, this::answers);

    private record Question(LoggedDelivery delivery, Optional<Round> round) {}

    private sealed interface Answer {

        record Known(Standing standing) implements Answer {}

        record ToBeClaimed(Claims.Claim claim) implements Answer {}
    }

    /** What the endpoints of a group of questions are, by id. */
    private record Endpoints(
            Map<String, Endpoint> found,
            Map<String, SigningSecrets> signing,
            Map<String, EndpointBreaker.Answer> breaker) {}

    Standings(
            DeliveryLogRepository log,
            EndpointRegistry endpoints,
            EndpointSecrets secrets,
            EndpointBreaker breaker,
            Claims claims,
            DatabaseClient database) {
        this.log = log;
        this.endpoints = endpoints;
        this.secrets = secrets;
        this.breaker = breaker;
        this.claims = claims;
        this.database = database;
    }

    /** @param round that it belongs to; what is settled is sent again in none but an open one */
    Standing of(LoggedDelivery delivery, Optional<Round> round) throws InterruptedException {
        return switch (questions.call(new Question(delivery, round))) {
            case Answer.Known(Standing standing) -> standing;
            case Answer.ToBeClaimed(Claims.Claim claim) -> claims.take(claim);
        };
    }

    private List<Answer> answers(List<Question> asked) {
        return database.inTransaction(_ -> {
            List<DeliveryLogRepository.Known> known =
                    log.known(asked.stream().map(Question::delivery).toList());
            Set<String> ids = asked.stream()
                    .map(question -> question.delivery().endpointId())
                    .collect(Collectors.toSet());
            Endpoints all = new Endpoints(endpoints.find(ids), secrets.signing(ids), breaker.ask(ids));
            List<Answer> answers = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                answers.add(answer(asked.get(i), known.get(i), all));
            }
            return answers;
        });
    }

    private static Answer answer(Question question, DeliveryLogRepository.Known known, Endpoints all) {
        Optional<Round> round = question.round();
        if (round.isEmpty() && known.settlement().isPresent()) {
            return new Answer.Known(new Standing.Settled(known.settlement().get()));
        }
        if (round.isPresent() && known.openRound() != round.get().number()) {
            return new Answer.Known(new Standing.Over());
        }
        String id = question.delivery().endpointId();
        // Another organisation's endpoint does not exist for this one.
        Optional<Endpoint> endpoint = Optional.ofNullable(all.found().get(id))
                .filter(it -> it.orgId().equals(question.delivery().orgId()));
        Standing standing =
                Standing.of(endpoint, Optional.ofNullable(all.signing().get(id)));
        return standing instanceof Standing.Ready ready ? ofOneInUse(ready, all) : new Answer.Known(standing);
    }

    private static Answer ofOneInUse(Standing.Ready ready, Endpoints all) {
        Endpoint endpoint = ready.endpoint();
        return switch (Objects.requireNonNull(all.breaker().get(endpoint.id()))) {
            case EndpointBreaker.Answer.LeaveAlone alone -> new Answer.Known(Standing.LeftAlone.of(alone));
            case EndpointBreaker.Answer.Probe() ->
                new Answer.ToBeClaimed(new Claims.Claim(ready.withFailing(true), true));
            case EndpointBreaker.Answer.Go(boolean isFailing) ->
                endpoint.maxPerSecond().isPresent()
                        ? new Answer.ToBeClaimed(new Claims.Claim(ready.withFailing(isFailing), false))
                        : new Answer.Known(ready.withFailing(isFailing));
        };
    }
}
