package tocsin.service.http;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;
import io.micronaut.web.router.RouteAttributes;
import io.micronaut.web.router.RouteMatch;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Refuses what no path of any route can mean, so that no controller need: a control character in a variable (a database takes no NUL), and an
 * {@code org} that is no id of an organisation in our messages, though the issuer of tokens may know such.
 */
@ServerFilter("/**")
final class PathFilter implements Ordered {

    private static final String ORGANISATION = "org";
    private static final Pattern ORGANISATION_ID = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    /** After security: who has no token learns nothing of routes. */
    @Override
    public int getOrder() {
        return ServerFilterPhase.SECURITY.after();
    }

    /** @throws Problem 404 */
    @RequestFilter
    void check(HttpRequest<?> request) {
        RouteAttributes.getRouteMatch(request)
                .map(RouteMatch::getVariableValues)
                .ifPresent(PathFilter::check);
    }

    private static void check(Map<String, Object> variables) {
        variables.forEach((name, value) -> {
            String text = String.valueOf(value);
            if (text.chars().anyMatch(Character::isISOControl)) {
                throw Problem.notFound("There is nothing here.");
            }
            if (name.equals(ORGANISATION) && !ORGANISATION_ID.matcher(text).matches()) {
                throw Problem.notFound(
                        "There is no such organisation: an id has 1 to 128 letters, digits, '_', '-' or '.'.");
            }
        });
    }
}
