package tocsin.sender.endpoint;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Patch;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tocsin.sender.entitlement.WebhookEntitlement;
import tocsin.sender.signing.SigningSecret;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** An organisation's webhook endpoints, for its owners and managers. */
@Controller("/v1/orgs/{org}/webhook-endpoints")
final class EndpointController {

    private static final String OLDEST_FIRST = "oldest_first";
    private static final String NEWEST_FIRST = "newest_first";

    private final EndpointRegistry registry;
    private final WebhookEntitlement entitlement;

    EndpointController(EndpointRegistry registry, WebhookEntitlement entitlement) {
        this.registry = registry;
        this.entitlement = entitlement;
    }

    /**
     * @param url https only
     * @param description shown to people; may be left out
     * @param eventTypes what to send; left out or empty: only what names this endpoint
     * @param format {@code standard} or {@code takumo}; left out: {@code standard}
     * @param thin whether notices of breaches go there as a summary with a link, without what was downloaded and by whom; left out: not
     * @param headers sent with each message; replaces all that were there, and keeps a value that is {@code [redacted]}
     * @param maxPerSecond attempts in a second of the clock, from 1 to 1000; 0 or left out at registration: no limit
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record EndpointWish(
            @Nullable String url,
            @Nullable String description,
            @Nullable List<String> eventTypes,
            @Nullable String format,
            @Nullable Boolean thin,
            @Nullable Map<String, String> headers,
            @Nullable Integer maxPerSecond) {

        EndpointDraft draft() {
            if (headers != null && headers.values().stream().anyMatch(Objects::isNull)) {
                throw Problem.badRequest("headers has a null in it.");
            }
            if (eventTypes != null && eventTypes.stream().anyMatch(Objects::isNull)) {
                throw Problem.badRequest("event_types has a null in it.");
            }
            return new EndpointDraft(
                    Optional.ofNullable(url),
                    Optional.ofNullable(description),
                    Optional.ofNullable(eventTypes),
                    Optional.ofNullable(format),
                    Optional.ofNullable(thin),
                    Optional.ofNullable(headers),
                    Optional.ofNullable(maxPerSecond));
        }

        /** Without the URL, whose path or query may be a token of the receiver's. */
        @Override
        public String toString() {
            return "EndpointWish[redacted]";
        }
    }

    /** How the body of a registration looks, for whoever reads the description; {@link EndpointWish} reads it. */
    @Serdeable(naming = SnakeCaseStrategy.class)
    @Schema(allOf = EndpointWish.class)
    record NewEndpoint(String url) {}

    private static Map<String, String> redacted(List<String> headerNames) {
        Map<String, String> headers = new LinkedHashMap<>();
        headerNames.forEach(name -> headers.put(name, EndpointHeaders.REDACTED));
        return headers;
    }

    /**
     * @param headers with {@code [redacted]} in place of each value
     * @param publicKey what verifies signatures of the form {@code v1a}; absent where there are none
     * @param maxPerSecond attempts in a second of the clock; absent where there is no limit
     * @param disabledFor why nothing is sent; absent while it is enabled
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownEndpoint(
            String id,
            String url,
            String description,
            List<String> eventTypes,
            String format,
            boolean thin,
            Map<String, String> headers,
            @Nullable String publicKey,
            @Nullable Integer maxPerSecond,
            String status,
            @Nullable String disabledFor,
            Instant createdAt) {

        static ShownEndpoint of(Endpoint endpoint) {
            return new ShownEndpoint(
                    endpoint.id(),
                    endpoint.url().toString(),
                    endpoint.description(),
                    endpoint.eventTypes(),
                    endpoint.format().text(),
                    endpoint.thin(),
                    redacted(endpoint.headerNames()),
                    endpoint.publicKey().orElse(null),
                    endpoint.maxPerSecond().orElse(null),
                    endpoint.isEnabled() ? "enabled" : "disabled",
                    endpoint.disabledFor().orElse(null),
                    endpoint.createdAt());
        }

        @Override
        public String toString() {
            return "ShownEndpoint[" + id + "]";
        }
    }

    /**
     * @param maxPerSecond absent where there is no limit
     * @param secret what signs this endpoint's messages: in this answer only, never again
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record RegisteredEndpoint(
            String id,
            String url,
            String description,
            List<String> eventTypes,
            String format,
            boolean thin,
            Map<String, String> headers,
            @Nullable Integer maxPerSecond,
            String status,
            String secret,
            Instant createdAt) {

        static RegisteredEndpoint of(Endpoint endpoint, SigningSecret secret) {
            return new RegisteredEndpoint(
                    endpoint.id(),
                    endpoint.url().toString(),
                    endpoint.description(),
                    endpoint.eventTypes(),
                    endpoint.format().text(),
                    endpoint.thin(),
                    redacted(endpoint.headerNames()),
                    endpoint.maxPerSecond().orElse(null),
                    "enabled",
                    secret.encoded(),
                    endpoint.createdAt());
        }

        @Override
        public String toString() {
            return "RegisteredEndpoint[" + id + ", secret redacted]";
        }
    }

    @Serdeable(naming = SnakeCaseStrategy.class)
    record EndpointList(List<ShownEndpoint> webhookEndpoints) {}

    /** Registers an endpoint, for organisations that are entitled to webhooks; 403 says that this one is not. */
    @Post
    @RequestBody(content = @Content(schema = @Schema(implementation = NewEndpoint.class)))
    HttpResponse<RegisteredEndpoint> register(
            @Parameter(hidden = true) Caller caller, String org, @Body EndpointWish body) throws InterruptedException {
        caller.requireRole(org, OrgRole.MANAGER);
        if (body.url() == null) {
            throw Problem.badRequest("url is missing.");
        }
        entitlement.require(org);
        return switch (registry.register(org, body.draft())) {
            case EndpointRegistry.Registration.Registered(var endpoint, var secret) ->
                HttpResponse.created(RegisteredEndpoint.of(endpoint, secret))
                        // An intermediary that keeps the answer would keep the secret.
                        .header("Cache-Control", "no-store");
            case EndpointRegistry.Registration.Refused(String reason) -> throw Problem.unprocessable(reason);
            case EndpointRegistry.Registration.TooMany(int limit) ->
                throw Problem.conflict("An organisation has at most " + limit + " webhook endpoints.");
        };
    }

    /** The organisation's endpoints, enabled or not. */
    @Get
    EndpointList list(@Parameter(hidden = true) Caller caller, String org) {
        caller.requireRole(org, OrgRole.MANAGER);
        return new EndpointList(
                registry.ofOrganisation(org).stream().map(ShownEndpoint::of).toList());
    }

    /** One endpoint, without its secret. */
    @Get("/{id}")
    ShownEndpoint show(@Parameter(hidden = true) Caller caller, String org, String id) {
        caller.requireRole(org, OrgRole.MANAGER);
        return shown(registry.find(org, id));
    }

    /** Changes an endpoint; what is left out stays as it is. */
    @Patch("/{id}")
    ShownEndpoint change(@Parameter(hidden = true) Caller caller, String org, String id, @Body EndpointWish body) {
        caller.requireRole(org, OrgRole.MANAGER);
        return switch (registry.change(org, id, body.draft())) {
            case EndpointRegistry.Change.Changed(var endpoint) -> ShownEndpoint.of(endpoint);
            case EndpointRegistry.Change.Refused(String reason) -> throw Problem.unprocessable(reason);
            case EndpointRegistry.Change.NoSuchEndpoint() -> throw noSuchEndpoint();
        };
    }

    /** Deletes an endpoint. What waits for it ends as failed. */
    @Delete("/{id}")
    @Status(HttpStatus.NO_CONTENT)
    void delete(@Parameter(hidden = true) Caller caller, String org, String id) {
        caller.requireRole(org, OrgRole.MANAGER);
        if (!registry.delete(org, id)) {
            throw noSuchEndpoint();
        }
    }

    /** Holds back what is to be sent to an endpoint, until it is enabled. */
    @Post("/{id}/disable")
    ShownEndpoint disable(@Parameter(hidden = true) Caller caller, String org, String id) {
        caller.requireRole(org, OrgRole.MANAGER);
        return shown(registry.disable(org, id, "disabled by a manager of the organisation"));
    }

    /** @param drain {@code oldest_first} or {@code newest_first}: in which order what has waited goes out; left out: the oldest first */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Enabling(@Nullable String drain) {}

    /** Sends to an endpoint again, what has waited too. Also without the entitlement: what has waited was requested while there was one, and is owed. */
    @Post("/{id}/enable")
    ShownEndpoint enable(
            @Parameter(hidden = true) Caller caller, String org, String id, @Nullable @Body Enabling body) {
        caller.requireRole(org, OrgRole.MANAGER);
        String drain = body == null || body.drain() == null ? OLDEST_FIRST : body.drain();
        if (!drain.equals(OLDEST_FIRST) && !drain.equals(NEWEST_FIRST)) {
            throw Problem.unprocessable("drain is oldest_first or newest_first.");
        }
        return shown(registry.enable(org, id, drain.equals(NEWEST_FIRST)));
    }

    private static ShownEndpoint shown(Optional<Endpoint> endpoint) {
        return endpoint.map(ShownEndpoint::of).orElseThrow(EndpointController::noSuchEndpoint);
    }

    private static Problem noSuchEndpoint() {
        return Problem.notFound("The organisation has no such webhook endpoint.");
    }
}
