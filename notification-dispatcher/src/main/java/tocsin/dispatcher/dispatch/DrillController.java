package tocsin.dispatcher.dispatch;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tocsin.dispatcher.routing.Decision;
import tocsin.dispatcher.routing.Verdict;
import tocsin.schemas.Audience;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** Shows an organisation that its alarm works before it is needed. */
@Controller("/v1/orgs/{org}/drill")
final class DrillController {

    private final Drill drill;

    DrillController(Drill drill) {
        this.drill = drill;
    }

    /**
     * @param destination as in the ledger
     * @param state {@code pending} or {@code suppressed}
     * @param reason why it is suppressed; absent of one that is not
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Asked(String destination, String state, @Nullable String reason) {}

    /** @param notificationId what the ledger has it under */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Answer(UUID notificationId, List<Asked> destinations) {}

    /**
     * Sends a full notice to every destination that is switched on, marked as a drill in every part. 202 with what was asked for; how it ends is in the
     * ledger. 409 where no destination is switched on; 429 within a minute of the last.
     */
    @Post
    @Status(HttpStatus.ACCEPTED)
    Answer start(@PathVariable String org, @Parameter(hidden = true) Caller caller) {
        caller.requireRole(org, OrgRole.MANAGER);
        return switch (drill.start(new Audience.Organisation(org))) {
            case Drill.Started.Sent(UUID notification, List<Decision> decisions) -> {
                List<Asked> asked =
                        decisions.stream().flatMap(it -> asked(it).stream()).toList();
                if (asked.isEmpty()) {
                    throw new Problem(HttpStatus.CONFLICT, "No destination is switched on.");
                }
                yield new Answer(notification, asked);
            }
            case Drill.Started.TooSoon() ->
                throw new Problem(
                        HttpStatus.TOO_MANY_REQUESTS, "There was a drill a moment ago; try again in a minute.");
        };
    }

    private static Optional<Asked> asked(Decision decision) {
        String destination = decision.destination().ledgerName();
        return switch (decision.verdict()) {
            case Verdict.Tell _ -> Optional.of(new Asked(destination, "pending", null));
            case Verdict.Suppressed suppressed ->
                Optional.of(
                        new Asked(destination, "suppressed", suppressed.reason().text()));
            case Verdict.NothingNew _ -> Optional.empty();
        };
    }
}
