package tocsin.dispatcher.settings;

import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Put;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** What an organisation has paid for, as the platform's administration sets it. */
@Controller("/v1/orgs/{org}/entitlements")
final class EntitlementsController {

    private final SettingsRepository settings;

    EntitlementsController(SettingsRepository settings) {
        this.settings = settings;
    }

    @Serdeable
    record Wanted(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            Boolean guard,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            Boolean webhooks) {}

    @Serdeable
    record Answer(boolean guard, boolean webhooks) {
        static Answer of(Entitlements entitlements) {
            return new Answer(entitlements.guard(), entitlements.webhooks());
        }
    }

    /** What the organisation may have; nothing unless it was given. */
    @Get
    Answer get(@PathVariable String org, @Parameter(hidden = true) Caller caller) {
        caller.requireScope(ServiceScope.ADMIN);
        return Answer.of(settings.entitlements(org));
    }

    /** Gives or takes: without {@code guard} nothing is told, without {@code webhooks} no webhook. */
    @Put
    Answer put(@PathVariable String org, @Body Wanted wanted, @Parameter(hidden = true) Caller caller) {
        caller.requireScope(ServiceScope.ADMIN);
        if (wanted.guard() == null || wanted.webhooks() == null) {
            throw Problem.unprocessable("guard and webhooks must both be given.");
        }
        Entitlements entitlements = new Entitlements(wanted.guard(), wanted.webhooks());
        settings.save(org, entitlements, caller.subject());
        return Answer.of(entitlements);
    }
}
