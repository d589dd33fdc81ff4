package tocsin.sender.replay;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.sender.deliverylog.DeliveryPageRepository;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.OneDelivery;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** Sends a delivery again, for the owners and managers of its organisation. */
@Controller("/v1/orgs/{org}/deliveries/{id}/resend")
final class ResendController {

    private static final String TEST = "webhook.test";

    private final DeliveryPageRepository deliveries;
    private final Resending resending;

    ResendController(DeliveryPageRepository deliveries, Resending resending) {
        this.deliveries = deliveries;
        this.resending = resending;
    }

    /** @param begun false if it was under way already, or asked for a moment ago: nothing more is sent then */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Resent(String webhookId, String endpointId, boolean begun) {}

    /**
     * Sends a delivery again, whatever became of it before: with the same webhook-id, body and time of the event, and attempts of its own.
     *
     * @param id its {@code webhook_id}
     * @param endpoint needed where several endpoints have got a message of that id
     */
    @Post
    @Status(HttpStatus.ACCEPTED)
    Resent resend(
            @Parameter(hidden = true) Caller caller, String org, String id, @Nullable @QueryValue String endpoint) {
        caller.requireRole(org, OrgRole.MANAGER);
        LoggedDelivery delivery = OneDelivery.of(deliveries.find(org, id), Optional.ofNullable(endpoint))
                .delivery();
        if (delivery.type().equals(TEST)) {
            throw Problem.unprocessable("A test message is not sent again; send another.");
        }
        return switch (resending.resend(delivery)) {
            case Resending.Resend.Begun _ -> new Resent(delivery.webhookId(), delivery.endpointId(), true);
            case Resending.Resend.BegunBefore _ -> new Resent(delivery.webhookId(), delivery.endpointId(), false);
            case Resending.Resend.Impossible(String reason) -> throw Problem.conflict(reason);
            case Resending.Resend.TooMany(int perMinute) ->
                throw new Problem(
                        HttpStatus.TOO_MANY_REQUESTS,
                        "An organisation resends at most " + perMinute
                                + " deliveries a minute one by one; replay a range instead.");
        };
    }
}
