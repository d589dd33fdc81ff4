package tocsin.dispatcher.ledger;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** What an organisation was told, or why not. */
@Controller("/v1/orgs/{org}/notifications")
final class NotificationsController {

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
            @Nullable UUID incidentId,
            String destination,
            String messageId,
            String state,
            @Nullable String reason,
            int attempts,
            Instant createdAt,
            @Nullable Instant settledAt) {}

    /** @param nextCursor for the following page; absent on the last */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Answer(List<Row> notifications, @Nullable String nextCursor) {}

    /**
     * One row for each notification and destination, the newest first.
     *
     * @param state {@code pending}, {@code delivered}, {@code failed} or {@code suppressed}
     * @param kind such as {@code breach}, {@code follow_up}, {@code withdrawn} or {@code event}
     * @param ecosystem {@code npm} or {@code pypi}; goes with {@code package}
     * @param packageName in any spelling of its ecosystem
     * @param advisory any id of the incident
     * @param since decided then or later, as in {@code 2026-04-15T08:30:00Z}
     * @param until decided before
     * @param cursor {@code next_cursor} of the page before, with the same filters
     * @param limit from 1 to 500
     */
    @Get
    Answer list(
            @PathVariable String org,
            @Nullable @QueryValue String state,
            @Nullable @QueryValue String kind,
            @Nullable @QueryValue String ecosystem,
            @Nullable @QueryValue("package") String packageName,
            @Nullable @QueryValue String advisory,
            @Nullable @QueryValue String since,
            @Nullable @QueryValue String until,
            @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "100") int limit,
            @Parameter(hidden = true) Caller caller) {
        caller.requireRole(org, OrgRole.MANAGER);
        LedgerQuestion question;
        try {
            question = new LedgerQuestion(
                    new Audience.Organisation(org),
                    Optional.ofNullable(state).map(State::ofText),
                    Optional.ofNullable(kind).map(Notification.Kind::ofText),
                    packageKey(Optional.ofNullable(ecosystem), Optional.ofNullable(packageName)),
                    Optional.ofNullable(advisory),
                    Optional.ofNullable(since).map(text -> time("since", text)),
                    Optional.ofNullable(until).map(text -> time("until", text)),
                    Optional.ofNullable(cursor).map(LedgerCursor::parse),
                    limit);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(e.getMessage() + ".");
        }
        List<LedgerRepository.Entry> found = ledger.find(question);
        return new Answer(
                found.stream().map(NotificationsController::row).toList(),
                found.size() < limit
                        ? null
                        : LedgerCursor.after(found.getLast()).text());
    }

    private static Optional<PackageKey> packageKey(Optional<String> ecosystem, Optional<String> name) {
        if (ecosystem.isEmpty() && name.isEmpty()) {
            return Optional.empty();
        }
        Ecosystem known = ecosystem
                .flatMap(Ecosystem::ofWireName)
                .orElseThrow(
                        () -> new IllegalArgumentException("ecosystem must be npm or pypi, and goes with package"));
        return Optional.of(new PackageKey(
                known, name.orElseThrow(() -> new IllegalArgumentException("ecosystem goes with package"))));
    }

    private static Instant time(String what, String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException _) {
            throw new IllegalArgumentException(what + " is not a time such as 2026-04-15T08:30:00Z");
        }
    }

    private static Row row(LedgerRepository.Entry it) {
        return new Row(
                it.notificationId(),
                it.kind(),
                it.subject(),
                it.incidentId().orElse(null),
                it.destination(),
                it.messageId(),
                it.state().text(),
                it.reason().orElse(null),
                it.attempts(),
                it.createdAt(),
                it.settledAt().orElse(null));
    }
}
