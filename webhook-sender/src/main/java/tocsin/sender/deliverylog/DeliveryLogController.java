package tocsin.sender.deliverylog;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** What was sent to an endpoint and what came of it, for the owners and managers of its organisation. */
@Controller("/v1/orgs/{org}/webhook-endpoints/{id}/deliveries")
final class DeliveryLogController {

    private static final int MOST_PER_PAGE = 100;

    private final EndpointRegistry endpoints;
    private final DeliveryPageRepository deliveries;

    DeliveryLogController(EndpointRegistry endpoints, DeliveryPageRepository deliveries) {
        this.endpoints = endpoints;
        this.deliveries = deliveries;
    }

    /**
     * @param status what the receiver answered; absent if it did not
     * @param errorClass {@code status}, {@code dns}, {@code address}, {@code connect}, {@code tls}, {@code timeout} or
     *     {@code protocol}; absent if the attempt succeeded
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownAttempt(
            int attempt,
            Instant startedAt,
            long durationMs,
            @Nullable Integer status,
            @Nullable String errorClass,
            @Nullable String reason) {

        static ShownAttempt of(LoggedAttempt attempt) {
            return new ShownAttempt(
                    attempt.number(),
                    attempt.startedAt(),
                    attempt.took().toMillis(),
                    attempt.status().orElse(null),
                    attempt.errorClass().orElse(null),
                    attempt.reason().orElse(null));
        }
    }

    /** @param state {@code retrying}, {@code parked}, {@code delivered} or {@code failed} */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownDelivery(
            String webhookId,
            String notificationId,
            String type,
            String state,
            @Nullable String reason,
            Instant createdAt,
            @Nullable Instant settledAt,
            List<ShownAttempt> attempts) {

        static ShownDelivery of(DeliveryPageRepository.Entry entry) {
            return new ShownDelivery(
                    entry.delivery().webhookId(),
                    entry.delivery().notificationId(),
                    entry.delivery().type(),
                    entry.state().name().toLowerCase(Locale.ROOT),
                    entry.reason().orElse(null),
                    entry.createdAt(),
                    entry.settledAt().orElse(null),
                    entry.attempts().stream().map(ShownAttempt::of).toList());
        }
    }

    /** @param nextCursor for the following page; absent on the last */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record DeliveryList(
            List<ShownDelivery> deliveries, @Nullable String nextCursor) {}

    /** The newest first. */
    @Get
    DeliveryList list(
            Caller caller,
            String org,
            String id,
            @QueryValue Optional<String> cursor,
            @QueryValue(defaultValue = "50") int limit) {
        caller.requireRole(org, OrgRole.MANAGER);
        if (limit < 1 || limit > MOST_PER_PAGE) {
            throw Problem.badRequest("limit must be from 1 to " + MOST_PER_PAGE + ".");
        }
        long before = cursor.map(DeliveryLogController::sequence).orElse(Long.MAX_VALUE);
        if (endpoints.find(org, id).isEmpty()) {
            throw Problem.notFound("The organisation has no such webhook endpoint.");
        }
        List<DeliveryPageRepository.Entry> page = deliveries.page(org, id, before, limit + 1);
        boolean more = page.size() > limit;
        List<DeliveryPageRepository.Entry> shown = more ? page.subList(0, limit) : page;
        return new DeliveryList(
                shown.stream().map(ShownDelivery::of).toList(),
                more ? Long.toString(shown.getLast().sequence(), Character.MAX_RADIX) : null);
    }

    private static long sequence(String cursor) {
        try {
            return Long.parseLong(cursor, Character.MAX_RADIX);
        } catch (NumberFormatException _) {
            throw Problem.badRequest("The cursor is not one that this API gave.");
        }
    }
}
