package tocsin.sender.endpoint;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.OrgRole;

/** The secrets of an endpoint, for owners and managers of its organisation: new ones, and which of them sign. */
@Controller("/v1/orgs/{org}/webhook-endpoints/{id}")
final class SecretController {

    private final EndpointSecrets secrets;

    SecretController(EndpointSecrets secrets) {
        this.secrets = secrets;
    }

    /** @param revokeOld the old ones sign no more at once; left out: they sign for 24 h */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record RotationOrder(@Nullable Boolean revokeOld) {}

    /**
     * @param expiresAt until when it signs; absent for the current one
     * @param signsTakumo whether it is the one behind {@code X-Takumo-Signature}
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownSecret(
            String id, Instant createdAt, @Nullable Instant expiresAt, boolean signsTakumo) {

        static List<ShownSecret> of(List<StoredSecret> secrets) {
            Optional<StoredSecret> single = EndpointSecrets.single(secrets);
            return secrets.stream()
                    .map(secret -> new ShownSecret(
                            Long.toString(secret.id()),
                            secret.createdAt(),
                            secret.expiresAt().orElse(null),
                            single.filter(secret::equals).isPresent()))
                    .toList();
        }
    }

    /** The current one first. */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record SecretList(List<ShownSecret> secrets) {}

    /**
     * @param secret what signs from now on: in this answer only, never again
     * @param secrets all that sign, the new one first
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record RotatedSecret(String secret, List<ShownSecret> secrets) {

        @Override
        public String toString() {
            return "RotatedSecret[redacted]";
        }
    }

    /** The secrets that sign, by their ids and times, never themselves. */
    @Get("/secrets")
    SecretList list(@Parameter(hidden = true) Caller caller, String org, String id) {
        caller.requireRole(org, OrgRole.MANAGER);
        return shown(secrets.list(org, id));
    }

    /** Makes a new secret and shows it, this once. The old ones sign beside it for 24 h, unless they are revoked with this. */
    @Post("/rotate-secret")
    HttpResponse<RotatedSecret> rotate(
            @Parameter(hidden = true) Caller caller, String org, String id, @Body @Nullable RotationOrder order) {
        caller.requireRole(org, OrgRole.MANAGER);
        boolean revokeOld = order != null && Boolean.TRUE.equals(order.revokeOld());
        return switch (secrets.rotate(org, id, revokeOld)) {
            case EndpointSecrets.Rotation.Rotated(var secret, var signing) ->
                HttpResponse.ok(new RotatedSecret(secret.encoded(), ShownSecret.of(signing)))
                        // An intermediary that keeps the answer would keep the secret.
                        .header("Cache-Control", "no-store");
            case EndpointSecrets.Rotation.NoSuchEndpoint() -> throw noSuchEndpoint();
            case EndpointSecrets.Rotation.TooMany(int limit) ->
                throw Problem.conflict(
                        limit + " secrets of this endpoint sign already; revoke the old ones, or wait until"
                                + " one of them expires.");
        };
    }

    /** Only the current secret signs from now on. */
    @Post("/revoke-old-secrets")
    SecretList revokeOld(@Parameter(hidden = true) Caller caller, String org, String id) {
        caller.requireRole(org, OrgRole.MANAGER);
        return shown(secrets.revokeOld(org, id));
    }

    /** {@code X-Takumo-Signature}, which has room for one signature, is made with the current secret from now on. */
    @Post("/switch-secret")
    SecretList switchToCurrent(@Parameter(hidden = true) Caller caller, String org, String id) {
        caller.requireRole(org, OrgRole.MANAGER);
        return shown(secrets.switchToCurrent(org, id));
    }

    private static SecretList shown(Optional<List<StoredSecret>> secrets) {
        return new SecretList(ShownSecret.of(secrets.orElseThrow(SecretController::noSuchEndpoint)));
    }

    private static Problem noSuchEndpoint() {
        return Problem.notFound("The organisation has no such webhook endpoint.");
    }
}
