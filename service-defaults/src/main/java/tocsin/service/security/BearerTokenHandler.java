package tocsin.service.security;

import io.micronaut.context.annotation.Context;
import io.micronaut.http.HttpRequest;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.token.validator.TokenValidator;
import jakarta.inject.Named;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tocsin.service.http.Problem;

/** The only judge of bearer tokens. There from the start, so that a service that does not know its issuer does not start. */
@Context
final class BearerTokenHandler implements TokenValidator<HttpRequest<?>> {

    private static final Logger LOG = LoggerFactory.getLogger(BearerTokenHandler.class);

    private final TokenVerifier verifier;
    private final Scheduler blocking;

    BearerTokenHandler(SecurityConfig config, Clock clock, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.verifier = new TokenVerifier(config, clock);
        this.blocking = Schedulers.fromExecutorService(blocking);
    }

    @Override
    public Publisher<Authentication> validateToken(String token, @Nullable HttpRequest<?> request) {
        // Fetching keys blocks, and this is asked on the event loop.
        return Mono.fromCallable(() -> verify(token)).subscribeOn(blocking);
    }

    private @Nullable Authentication verify(String token) {
        try {
            return verifier.verify(token).map(CallerAuthentication::new).orElse(null);
        } catch (TokenVerifier.KeysUnavailableException e) {
            LOG.atError().setCause(e).log("token.keys-unavailable");
            throw Problem.unavailable("Tokens cannot be checked at the moment.");
        }
    }
}
