package tocsin.testsupport;

import io.micronaut.context.BeanContext;
import io.micronaut.web.router.Router;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The routes of a service as its own router has them, so that nobody can forget one. */
final class RunningRoutes {

    private RunningRoutes() {}

    /** Without HEAD, which answers where GET does and as GET does. */
    static SortedSet<Route> of(BeanContext context) {
        return context.getBean(Router.class)
                .uriRoutes()
                .filter(route -> !route.getHttpMethodName().equals("HEAD"))
                .map(route -> new Route(
                        route.getHttpMethodName(), route.getUriMatchTemplate().toPathString()))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
