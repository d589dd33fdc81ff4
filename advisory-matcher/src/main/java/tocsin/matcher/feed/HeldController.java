package tocsin.matcher.feed;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.SerdeImport;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.avro.HoldDecision;
import tocsin.schemas.avro.HoldState;
import tocsin.service.http.Problem;
import tocsin.service.kafka.TopicTable;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Advisories that wait for a person. Any instance answers for all. */
@Controller("/v1/advisories/held")
@SerdeImport(HeldAdvisories.class)
@SerdeImport(HeldAdvisory.class)
@SerdeImport(HoldReason.class)
final class HeldController {

    private static final Logger LOG = LoggerFactory.getLogger(HeldController.class);

    /** Somebody waits for an answer. */
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final TopicTable<HeldAdvisory> table;
    private final DecisionPublisher publisher;

    HeldController(TopicTable<HeldAdvisory> table, DecisionPublisher publisher) {
        this.table = table;
        this.publisher = publisher;
    }

    /**
     * What is held, the longest held first, at most 1000.
     *
     * @param state {@code held} unless it is said, {@code released}, {@code rejected} or {@code superseded} for what became of others
     */
    @Get
    HeldAdvisories list(@Parameter(hidden = true) Caller caller, @Nullable @QueryValue String state) {
        caller.requireScope(ServiceScope.ADMIN);
        HoldState asked = Stream.of(HoldState.values())
                .filter(each -> HeldAdvisory.word(each).equals(state == null ? "held" : state))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("state is none of held, released, rejected and superseded"));
        return HeldAdvisories.of(
                table.values().stream().filter(held -> held.isIn(asked)).toList());
    }

    /**
     * Lets a held advisory ring as though it had never been held, also one that was rejected. Answers 202 once the decision is stored; it is done in
     * moments.
     *
     * @param id its {@code hold_id}
     */
    @Post("/{id}/release")
    @Status(HttpStatus.ACCEPTED)
    HeldAdvisory release(
            @Parameter(hidden = true) Caller caller,
            @PathVariable String id,
            @RequestBody(required = true) @Nullable @Body HoldReason reason) {
        return decide(caller, id, reason, HoldDecision.RELEASE);
    }

    /**
     * Lets a held advisory ring for nobody, as long as its feed says the same. Answers 202 once the decision is stored; it is done in moments.
     *
     * @param id its {@code hold_id}
     */
    @Post("/{id}/reject")
    @Status(HttpStatus.ACCEPTED)
    HeldAdvisory reject(
            @Parameter(hidden = true) Caller caller,
            @PathVariable String id,
            @RequestBody(required = true) @Nullable @Body HoldReason reason) {
        return decide(caller, id, reason, HoldDecision.REJECT);
    }

    private HeldAdvisory decide(Caller caller, String id, @Nullable HoldReason reason, HoldDecision decision) {
        caller.requireScope(ServiceScope.ADMIN);
        String why = Optional.ofNullable(reason)
                .flatMap(HoldReason::text)
                .orElseThrow(() ->
                        Problem.badRequest("reason is not 1 to " + HoldReason.MAX_LENGTH + " characters in one line"));
        HeldAdvisory held = find(id);
        boolean isOpen =
                held.isIn(HoldState.HELD) || (held.isIn(HoldState.REJECTED) && decision == HoldDecision.RELEASE);
        if (!isOpen) {
            throw Problem.conflict("This advisory is " + held.state() + ".");
        }
        publisher.publish(held, decision, caller.subject(), why);
        LOG.atInfo()
                .addKeyValue("holdId", id)
                .addKeyValue("feed", held.feed())
                .addKeyValue("advisoryId", held.advisoryId())
                .addKeyValue("decision", HeldAdvisory.word(decision))
                .log("advisory.decided");
        return held;
    }

    /** What another instance has shown to somebody may not have come here yet. */
    private HeldAdvisory find(String id) {
        return known(id)
                .or(() -> {
                    awaitCaughtUp();
                    return known(id);
                })
                .orElseThrow(() -> Problem.notFound("No such advisory is or was held."));
    }

    private Optional<HeldAdvisory> known(String id) {
        return table.values().stream().filter(held -> held.holdId().equals(id)).findFirst();
    }

    private void awaitCaughtUp() {
        try {
            if (!table.awaitCaughtUp(CATCH_UP)) {
                throw Problem.unavailable("It is not known now what is held. Try again.");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable("It is not known now what is held. Try again.");
        }
    }
}
