package tocsin.sender.deliverylog;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** One delivery with all that is known of it, for the owners and managers of its organisation. */
@Controller("/v1/orgs/{org}/deliveries/{id}")
final class DeliveryController {

    /** A delivery has four; who has it sent again and again, many more. */
    private static final int MOST_ATTEMPTS = 100;

    private final DeliveryPageRepository deliveries;
    private final AttemptRepository attempts;
    private final PayloadRepository payloads;

    DeliveryController(DeliveryPageRepository deliveries, AttemptRepository attempts, PayloadRepository payloads) {
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.payloads = payloads;
    }

    /**
     * An attempt as an owner sees it.
     *
     * @param trigger {@code first}, {@code retry}, {@code resend}, {@code replay} or {@code test}; absent for old ones
     * @param dnsMs absent, like the other times, where it did not come to that or a connection was used again
     * @param keyIds of the secrets that signed
     * @param requestHeaders values that are secret are redacted
     * @param status what the receiver answered; absent if it did not
     * @param responseBody its beginning
     * @param errorClass {@code status}, {@code dns}, {@code address}, {@code connect}, {@code tls}, {@code timeout} or
     *     {@code protocol}; absent if the attempt succeeded
     * @param nextAttemptAt the earliest time of the next one; absent if none follows
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownAttempt(
            int attempt,
            @Nullable String trigger,
            Instant startedAt,
            long durationMs,
            @Nullable Long dnsMs,
            @Nullable Long connectMs,
            @Nullable Long tlsMs,
            @Nullable Long firstByteMs,
            @Nullable String address,
            @Nullable String tlsVersion,
            List<String> keyIds,
            List<ShownHeader> requestHeaders,
            @Nullable Integer status,
            List<ShownHeader> responseHeaders,
            @Nullable String responseBody,
            boolean responseBodyCut,
            @Nullable String errorClass,
            @Nullable String reason,
            @Nullable Instant nextAttemptAt) {

        @Serdeable
        record ShownHeader(String name, String value) {

            static List<ShownHeader> of(List<LoggedHeader> headers) {
                return headers.stream()
                        .map(header -> new ShownHeader(header.name(), header.value()))
                        .toList();
            }

            @Override
            public String toString() {
                return "ShownHeader[" + name + "]";
            }
        }

        static ShownAttempt of(LoggedAttempt attempt) {
            Wire wire = attempt.wire();
            return new ShownAttempt(
                    attempt.number(),
                    attempt.trigger().map(Trigger::text).orElse(null),
                    attempt.startedAt(),
                    attempt.took().toMillis(),
                    millis(wire.dns()),
                    millis(wire.connect()),
                    millis(wire.tls()),
                    millis(wire.firstByte()),
                    wire.address().orElse(null),
                    wire.tlsVersion().orElse(null),
                    wire.keyIds(),
                    ShownHeader.of(wire.requestHeaders()),
                    attempt.status().orElse(null),
                    ShownHeader.of(wire.responseHeaders()),
                    wire.responseBody().orElse(null),
                    wire.responseBodyCut(),
                    attempt.errorClass().orElse(null),
                    attempt.reason().orElse(null),
                    attempt.nextAttemptAt().orElse(null));
        }

        private static @Nullable Long millis(Optional<Duration> duration) {
            return duration.map(Duration::toMillis).orElse(null);
        }

        @Override
        public String toString() {
            return "ShownAttempt[" + attempt + "]";
        }
    }

    /**
     * @param payload the body in the format {@code standard}, as text; absent once it is no longer kept
     * @param payloadErased whether somebody who asked to be forgotten was taken out of it
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record WholeDelivery(
            DeliveryLogController.ShownDelivery delivery,
            @Nullable String payload,
            boolean payloadErased) {

        @Override
        public String toString() {
            return "WholeDelivery[" + delivery.webhookId() + "]";
        }
    }

    /**
     * One delivery with its payload and the last 100 of its attempts.
     *
     * @param id its {@code webhook_id}
     * @param endpoint needed where several endpoints have got a message of that id
     */
    @Get
    WholeDelivery show(
            @Parameter(hidden = true) Caller caller, String org, String id, @Nullable @QueryValue String endpoint) {
        caller.requireRole(org, OrgRole.MANAGER);
        DeliveryPageRepository.Entry entry = OneDelivery.of(deliveries.find(org, id), Optional.ofNullable(endpoint));
        Optional<PayloadRepository.KeptRequest> payload = payloads.find(entry.delivery());
        return new WholeDelivery(
                DeliveryLogController.ShownDelivery.withAttempts(entry, attempts, MOST_ATTEMPTS),
                payload.map(it -> RequestText.standard(it.request())).orElse(null),
                payload.map(PayloadRepository.KeptRequest::erased).orElse(false));
    }
}
