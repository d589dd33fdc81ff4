package tocsin.sender.deliverylog;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** What was sent for an organisation and what came of it, for its owners and managers. */
@Controller("/v1/orgs/{org}")
final class DeliveryLogController {

    private static final int MOST_PER_PAGE = 100;

    /** Each has some kilobytes. */
    private static final int MOST_ATTEMPTS_IN_LIST = 20;

    private final EndpointRegistry endpoints;
    private final DeliveryPageRepository deliveries;
    private final AttemptRepository attempts;

    DeliveryLogController(EndpointRegistry endpoints, DeliveryPageRepository deliveries, AttemptRepository attempts) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.attempts = attempts;
    }

    /**
     * @param notificationId absent where nobody waits for it, such as for a test message
     * @param state {@code retrying}, {@code parked}, {@code delivered} or {@code failed}
     * @param attemptCount attempts of the ladder so far
     * @param nextAttemptAt the earliest time of the next attempt; absent if none is due
     * @param underWay {@code resend} or {@code replay} while what somebody asked for has not ended
     * @param attempts the last of them; absent in the list of an organisation
     * @param attemptsCut whether there are older ones
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownDelivery(
            String webhookId,
            String endpointId,
            @Nullable String notificationId,
            String type,
            String state,
            int attemptCount,
            @Nullable String reason,
            Instant createdAt,
            @Nullable Instant settledAt,
            @Nullable Instant nextAttemptAt,
            @Nullable String underWay,
            @Nullable List<DeliveryController.ShownAttempt> attempts,
            @Nullable Boolean attemptsCut) {

        static ShownDelivery withAttempts(DeliveryPageRepository.Entry entry, AttemptRepository attempts, int most) {
            LoggedDelivery delivery = entry.delivery();
            List<LoggedAttempt> found =
                    attempts.of(delivery.webhookId(), delivery.endpointId(), entry.createdAt(), most + 1);
            boolean isCut = found.size() > most;
            return of(
                    entry,
                    (isCut ? found.subList(1, found.size()) : found)
                            .stream().map(DeliveryController.ShownAttempt::of).toList(),
                    isCut);
        }

        static ShownDelivery withoutAttempts(DeliveryPageRepository.Entry entry) {
            return of(entry, null, null);
        }

        private static ShownDelivery of(
                DeliveryPageRepository.Entry entry,
                @Nullable List<DeliveryController.ShownAttempt> attempts,
                @Nullable Boolean attemptsCut) {
            LoggedDelivery delivery = entry.delivery();
            return new ShownDelivery(
                    delivery.webhookId(),
                    delivery.endpointId(),
                    delivery.isAwaited() ? delivery.notificationId() : null,
                    delivery.type(),
                    entry.state().text(),
                    entry.attempts(),
                    entry.reason().orElse(null),
                    entry.createdAt(),
                    entry.settledAt().orElse(null),
                    entry.nextAttemptAt().orElse(null),
                    entry.underWay().orElse(null),
                    attempts,
                    attemptsCut);
        }
    }

    /** @param nextCursor for the following page; absent on the last */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record DeliveryList(
            List<ShownDelivery> deliveries, @Nullable String nextCursor) {}

    /** Deliveries to one endpoint, the newest first, each with its last 20 attempts. */
    @Get("/webhook-endpoints/{id}/deliveries")
    DeliveryList ofEndpoint(
            @Parameter(hidden = true) Caller caller,
            String org,
            String id,
            @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "50") int limit) {
        caller.requireRole(org, OrgRole.MANAGER);
        Optional<LogCursor> after = after(Optional.ofNullable(cursor), limit);
        if (endpoints.find(org, id).isEmpty()) {
            throw Problem.notFound("The organisation has no such webhook endpoint.");
        }
        return page(DeliveryPageRepository.Filter.ofEndpoint(org, id), after, limit, true);
    }

    /**
     * Deliveries to all endpoints of the organisation, deleted ones too, without their attempts, the newest first.
     *
     * @param status {@code retrying}, {@code parked}, {@code delivered} or {@code failed}
     * @param since first heard of then or later, such as 2026-04-17T12:00:00Z
     * @param until first heard of before then
     */
    @Get("/deliveries")
    DeliveryList ofOrganisation(
            @Parameter(hidden = true) Caller caller,
            String org,
            @Nullable @QueryValue String status,
            @Nullable @QueryValue String type,
            @Nullable @QueryValue String endpoint,
            @Nullable @QueryValue String since,
            @Nullable @QueryValue String until,
            @Nullable @QueryValue String cursor,
            @QueryValue(defaultValue = "50") int limit) {
        caller.requireRole(org, OrgRole.MANAGER);
        return page(
                new DeliveryPageRepository.Filter(
                        org,
                        Optional.ofNullable(endpoint).map(FilterRules::endpoint),
                        Optional.ofNullable(status).map(DeliveryLogController::state),
                        Optional.ofNullable(type).map(FilterRules::type),
                        Optional.ofNullable(since).map(it -> time("since", it)),
                        Optional.ofNullable(until).map(it -> time("until", it))),
                after(Optional.ofNullable(cursor), limit),
                limit,
                false);
    }

    private DeliveryList page(
            DeliveryPageRepository.Filter filter, Optional<LogCursor> after, int limit, boolean withAttempts) {
        List<DeliveryPageRepository.Entry> page = deliveries.page(filter, after, limit + 1);
        boolean more = page.size() > limit;
        List<DeliveryPageRepository.Entry> shown = more ? page.subList(0, limit) : page;
        return new DeliveryList(
                shown.stream()
                        .map(entry -> withAttempts
                                ? ShownDelivery.withAttempts(entry, attempts, MOST_ATTEMPTS_IN_LIST)
                                : ShownDelivery.withoutAttempts(entry))
                        .toList(),
                more
                        ? new LogCursor(
                                        shown.getLast().createdAt(),
                                        shown.getLast().sequence())
                                .text()
                        : null);
    }

    private static Optional<LogCursor> after(Optional<String> cursor, int limit) {
        if (limit < 1 || limit > MOST_PER_PAGE) {
            throw Problem.badRequest("limit must be from 1 to " + MOST_PER_PAGE + ".");
        }
        return cursor.map(text ->
                LogCursor.of(text).orElseThrow(() -> Problem.badRequest("The cursor is not one that this API gave.")));
    }

    private static DeliveryState state(String status) {
        return Arrays.stream(DeliveryState.values())
                .filter(state -> state.text().equals(status))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("status is retrying, parked, delivered or failed."));
    }

    private static Instant time(String name, String text) {
        try {
            return LogTimes.bounded(Instant.parse(text));
        } catch (DateTimeParseException _) {
            throw Problem.badRequest(name + " is not a time such as 2026-04-17T12:00:00Z.");
        }
    }
}
