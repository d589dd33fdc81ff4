package tocsin.dispatcher.settings;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Put;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tocsin.dispatcher.address.AddressRepository;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.settings.BreachSettings.EmailChoice;
import tocsin.dispatcher.settings.BreachSettings.WebhookChoice;
import tocsin.schemas.avro.Severity;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** Where an organisation wants its breach notices. */
@Controller("/v1/orgs/{org}/breach-notifications")
final class BreachSettingsController {

    /** An endpoint that was registered just before needs a moment to arrive here. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);

    private final SettingsRepository settings;
    private final EndpointDirectory endpoints;
    private final AddressRepository addresses;

    BreachSettingsController(SettingsRepository settings, EndpointDirectory endpoints, AddressRepository addresses) {
        this.settings = settings;
        this.endpoints = endpoints;
        this.addresses = addresses;
    }

    /** @param endpointId needed to switch it on; while it is off, also one that was deleted since it was chosen */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record WantedWebhook(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            Boolean enabled,

            @Nullable String endpointId) {}

    /**
     * @param address needed to switch it on; a confirmed one of the allowlist
     * @param language {@code en} or {@code ja}; {@code en} if absent
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record WantedEmail(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            Boolean enabled,

            @Nullable String address,
            @Nullable String language) {}

    /**
     * An absent destination is off, so one by another name is refused.
     *
     * @param minimumSeverity {@code low}, {@code medium}, {@code high} or {@code critical}: what is rated lower is not told; absent: all is
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    @JsonIgnoreProperties(ignoreUnknown = false)
    record Wanted(
            @Nullable WantedWebhook webhook,
            @Nullable WantedEmail email,
            @Nullable String minimumSeverity) {}

    @Serdeable(naming = SnakeCaseStrategy.class)
    record Webhook(
            boolean enabled,
            @Nullable String endpointId,
            @Nullable Instant savedAt) {}

    @Serdeable(naming = SnakeCaseStrategy.class)
    record Email(
            boolean enabled,
            @Nullable String address,
            String language,
            @Nullable Instant savedAt) {}

    @Serdeable(naming = SnakeCaseStrategy.class)
    record Answer(Webhook webhook, Email email, @Nullable String minimumSeverity) {
        static Answer of(BreachSettings settings) {
            WebhookChoice webhook = settings.webhook();
            EmailChoice email = settings.email();
            return new Answer(
                    new Webhook(
                            webhook.enabled(),
                            webhook.endpointId().orElse(null),
                            webhook.savedAt().orElse(null)),
                    new Email(
                            email.enabled(),
                            email.address().orElse(null),
                            email.language().code(),
                            email.savedAt().orElse(null)),
                    settings.floor()
                            .map(it -> it.name().toLowerCase(Locale.ROOT))
                            .orElse(null));
        }
    }

    /** What the organisation chose, and since when each destination counts. */
    @Get
    Answer get(@PathVariable String org, @Parameter(hidden = true) Caller caller) {
        caller.requireRole(org, OrgRole.MANAGER);
        return Answer.of(settings.settings(org));
    }

    /** Replaces all, and takes what {@code GET} answers; only downloads from now on are told at a destination that is switched on or changed by this. */
    @Put
    Answer put(@PathVariable String org, @Body Wanted wanted, @Parameter(hidden = true) Caller caller)
            throws InterruptedException {
        caller.requireRole(org, OrgRole.MANAGER);
        // The endpoint may have to be waited for; the address must still be there when its choice is written.
        WebhookChoice webhook = webhook(org, wanted.webhook());
        Optional<Severity> floor = floor(wanted.minimumSeverity());
        return Answer.of(settings.save(
                org, () -> new BreachSettings(webhook, email(org, wanted.email()), floor), caller.subject()));
    }

    private static Optional<Severity> floor(@Nullable String wanted) {
        return Optional.ofNullable(wanted)
                .map(it -> Stream.of(Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
                        .filter(severity ->
                                severity.name().toLowerCase(Locale.ROOT).equals(it))
                        .findFirst()
                        .orElseThrow(() ->
                                Problem.unprocessable("minimum_severity must be low, medium, high or critical.")));
    }

    /** Whoever misspells it must not switch his alarm off. */
    private static boolean given(String member, @Nullable Boolean value) {
        if (value == null) {
            throw Problem.unprocessable(member + " is missing.");
        }
        return value;
    }

    private WebhookChoice webhook(String org, @Nullable WantedWebhook wanted) throws InterruptedException {
        if (wanted == null) {
            return BreachSettings.OFF.webhook();
        }
        boolean enabled = given("webhook.enabled", wanted.enabled());
        Optional<String> endpoint = Optional.ofNullable(wanted.endpointId());
        if (enabled && endpoint.isEmpty()) {
            throw Problem.unprocessable("webhook.endpoint_id is needed to switch the webhook on.");
        }
        // Whoever changes something else sends what he was shown, also where the endpoint has been deleted since.
        boolean isAsItWas =
                !enabled && endpoint.equals(settings.settings(org).webhook().endpointId());
        // The same answer for one that does not exist and one of somebody else.
        if (endpoint.isPresent() && !isAsItWas && !endpoints.awaits(org, endpoint.get(), ON_ITS_WAY)) {
            throw Problem.unprocessable("webhook.endpoint_id is no endpoint of this organisation.");
        }
        return new WebhookChoice(enabled, endpoint, Optional.empty());
    }

    private EmailChoice email(String org, @Nullable WantedEmail wanted) {
        if (wanted == null) {
            return BreachSettings.OFF.email();
        }
        boolean enabled = given("email.enabled", wanted.enabled());
        Optional<String> asked = Optional.ofNullable(wanted.address());
        if (enabled && asked.isEmpty()) {
            throw Problem.unprocessable("email.address is needed to switch e-mail on.");
        }
        Optional<String> address = asked.flatMap(it -> addresses.confirmed(org, it));
        if (asked.isPresent() && address.isEmpty()) {
            throw Problem.unprocessable("email.address is no confirmed address of this organisation's allowlist.");
        }
        Language language = Language.ofCode(
                        Optional.ofNullable(wanted.language()).orElse("en"))
                .orElseThrow(() -> Problem.unprocessable("email.language must be en or ja."));
        return new EmailChoice(enabled, address, language, Optional.empty());
    }
}
