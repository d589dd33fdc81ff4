package tocsin.sender.endpoint;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** The key by which anybody can verify an endpoint's messages and nobody can make one. */
@Controller("/v1/orgs/{org}/webhook-endpoints/{id}")
final class PublicKeyController {

    private final EndpointRegistry endpoints;
    private final EndpointKeys keys;

    PublicKeyController(EndpointRegistry endpoints, EndpointKeys keys) {
        this.endpoints = endpoints;
        this.keys = keys;
    }

    /** @param publicKey {@code whpk_} and base64 of an Ed25519 key; absent while none signs */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownKey(@Nullable String publicKey) {}

    /** The key that verifies signatures of the form {@code v1a}. For receivers too, who have no token of ours: whoever knows the endpoint's id may read it. */
    @Get("/public-key")
    ShownKey show(String org, String id) {
        return new ShownKey(endpoints
                .find(org, id)
                .flatMap(Endpoint::publicKey)
                .orElseThrow(() -> Problem.notFound("There is no such public key.")));
    }

    /** Messages have a signature of the form {@code v1a} beside the others from now on. */
    @Post("/enable-ed25519")
    ShownKey enable(@Parameter(hidden = true) Caller caller, String org, String id) {
        caller.requireRole(org, OrgRole.MANAGER);
        return shown(keys.enable(org, id));
    }

    /** Messages have no signature of the form {@code v1a} any more. */
    @Post("/disable-ed25519")
    ShownKey disable(@Parameter(hidden = true) Caller caller, String org, String id) {
        caller.requireRole(org, OrgRole.MANAGER);
        return shown(keys.disable(org, id));
    }

    private static ShownKey shown(Optional<Endpoint> endpoint) {
        return endpoint.map(it -> new ShownKey(it.publicKey().orElse(null)))
                .orElseThrow(() -> Problem.notFound("The organisation has no such webhook endpoint."));
    }
}
