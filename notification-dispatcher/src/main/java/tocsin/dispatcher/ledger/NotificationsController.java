package tocsin.dispatcher.ledger;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.Audience;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** What an organisation was told, or why not. */
@Controller("/v1/orgs/{org}/notifications")
final class NotificationsController {

    private static final int MOST = 500;

    private final LedgerRepository ledger;

    NotificationsController(LedgerRepository ledger) {
        this.ledger = ledger;
    }

    /** One row for each notification and destination. */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Row(
            UUID notificationId,
            String kind,
            String subject,
            String destination,
            String messageId,
            String state,
            Optional<String> reason,
            int attempts,
            Instant createdAt,
            Optional<Instant> settledAt) {}

    @Serdeable(naming = SnakeCaseStrategy.class)
    record Answer(List<Row> notifications) {}

    @Get
    Answer list(@PathVariable String org, @QueryValue(defaultValue = "100") int limit, Caller caller) {
        caller.requireRole(org, OrgRole.MANAGER);
        if (limit < 1 || limit > MOST) {
            throw Problem.badRequest("limit must be from 1 to " + MOST + ".");
        }
        return new Answer(ledger.newest(new Audience.Organisation(org), limit).stream()
                .map(it -> new Row(
                        it.notificationId(),
                        it.kind(),
                        it.subject(),
                        it.destination(),
                        it.messageId(),
                        it.state().text(),
                        it.reason(),
                        it.attempts(),
                        it.createdAt(),
                        it.settledAt()))
                .toList());
    }
}
