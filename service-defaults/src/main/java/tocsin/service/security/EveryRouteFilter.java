package tocsin.service.security;

import io.micronaut.core.util.AntPathMatcher;
import io.micronaut.core.util.PathMatcher;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.security.rules.SecurityRuleResult;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Decides before every other rule, so that no annotation opens a route by accident: a good token, or a path that is listed. */
@Singleton
final class EveryRouteFilter implements SecurityRule<HttpRequest<?>> {

    private static final Set<String> ALWAYS_OPEN =
            Set.of("/health", "/health/liveness", "/health/readiness", "/metrics");

    private final List<String> open;
    private final AntPathMatcher matcher = PathMatcher.ANT;

    EveryRouteFilter(List<OpenRoutes> open) {
        this.open = open.stream().flatMap(routes -> routes.patterns().stream()).toList();
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public Publisher<SecurityRuleResult> check(
            @Nullable HttpRequest<?> request, @Nullable Authentication authentication) {
        boolean allowed =
                authentication instanceof CallerAuthentication || (request != null && isOpen(request.getPath()));
        return Mono.just(allowed ? SecurityRuleResult.ALLOWED : SecurityRuleResult.REJECTED);
    }

    private boolean isOpen(String path) {
        return ALWAYS_OPEN.contains(path) || open.stream().anyMatch(pattern -> matcher.matches(pattern, path));
    }
}
