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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.http.Problem;
import tocsin.service.kafka.TopicTable;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Tokens by their SHA-256. A raw token never comes here: it is refused, and not repeated in the answer. */
@Controller("/v1/tokens")
@SerdeImport(TokenBody.class)
@SerdeImport(TokenBody.PrincipalBody.class)
final class TokenController {

    private static final Logger LOG = LoggerFactory.getLogger(TokenController.class);

    /** Behind what was registered a moment ago by milliseconds, usually. */
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final TokenPublisher publisher;
    private final TopicTable<TokenRegistration> tokens;
    private final Clock clock;

    TokenController(TokenPublisher publisher, TopicTable<TokenRegistration> tokens, Clock clock) {
        this.publisher = publisher;
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * Says whom a token stands for, in place of what was said before. Answers 202 once it is stored; downloads are attributed by it as soon as it
     * is read, in moments. Where it stood for another organisation or a person before, it stands for the new holder from now on, or from its
     * revocation: downloads from before are not theirs.
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
        Optional<Instant> since = Tenure.since(known(token), TokenRegistrations.read(registration), now());
        publisher.register(
                token,
                TokenRegistered.newBuilder(registration)
                        .setHeldSince(since.orElse(null))
                        .build());
        LOG.atInfo()
                .addKeyValue("audience", registration.getOrgId().isPresent() ? "organisation" : "person")
                .log("token.registered");
    }

    /**
     * Takes a registration back: downloads by the token are nobody's from now on; what was fetched before and is told of later is still its last
     * holder's. Answers 202, also for one that was never registered. Of the holder only the organisation's id and the principal's id and type are
     * kept, of a person's own token nothing.
     *
     * @param id SHA-256 of the token, 64 lower-case hexadecimal digits
     */
    @Delete("/{id}")
    @Status(HttpStatus.ACCEPTED)
    void revoke(@Parameter(hidden = true) Caller caller, @PathVariable String id) {
        caller.requireScope(ServiceScope.PLATFORM);
        Audience.Token token = token(id);
        Optional<TokenRegistered> left = Tenure.revoked(token, known(token), now());
        left.ifPresent(registration -> publisher.register(token, registration));
        LOG.atInfo().addKeyValue("registered", left.isPresent()).log("token.revoked");
    }

    /** Everything that was registered before counts, by whichever instance. */
    private Optional<TokenRegistration> known(Audience.Token token) {
        try {
            if (tokens.awaitCaughtUp(CATCH_UP)) {
                return tokens.find(token.tokenId());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw Problem.unavailable("What is registered cannot be read at the moment. Try again.");
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Audience.Token token(String id) {
        try {
            return new Audience.Token(id);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
