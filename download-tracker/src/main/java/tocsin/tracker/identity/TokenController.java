package tocsin.tracker.identity;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Put;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.SerdeImport;
import io.swagger.v3.oas.annotations.Parameter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Tokens by their SHA-256. A raw token never comes here: it is refused, and not repeated in the answer. */
@Controller("/v1/tokens")
@SerdeImport(TokenBody.class)
@SerdeImport(TokenBody.PrincipalBody.class)
final class TokenController {

    private static final Logger LOG = LoggerFactory.getLogger(TokenController.class);

    private final TokenPublisher publisher;

    TokenController(TokenPublisher publisher) {
        this.publisher = publisher;
    }

    /**
     * Says whom a token stands for, in place of what was said before. Answers 202 once it is stored; downloads are attributed by it as soon as it
     * is read, in moments.
     *
     * @param id SHA-256 of the token, 64 lower-case hexadecimal digits
     */
    @Put("/{id}")
    @Status(HttpStatus.ACCEPTED)
    void register(@Parameter(hidden = true) Caller caller, @PathVariable String id, @Body TokenBody body) {
        caller.requireScope(ServiceScope.PLATFORM);
        Audience.Token token = token(id);
        TokenRegistered registration;
        try {
            registration = body.message(token);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
        publisher.register(token, registration);
        LOG.atInfo()
                .addKeyValue("audience", registration.getOrgId().isPresent() ? "organisation" : "person")
                .log("token.registered");
    }

    /**
     * Forgets a token: downloads by it are nobody's from now on. Answers 202, also for one that was never registered.
     *
     * @param id SHA-256 of the token, 64 lower-case hexadecimal digits
     */
    @Delete("/{id}")
    @Status(HttpStatus.ACCEPTED)
    void revoke(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        caller.requireScope(ServiceScope.PLATFORM);
        publisher.revoke(token(id));
        LOG.atInfo().log("token.revoked");
    }

    private static Audience.Token token(String id) {
        try {
            return new Audience.Token(id);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
