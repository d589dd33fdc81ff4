package tocsin.testsupport;

import io.micronaut.context.BeanContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Asks every route of a running service as everybody who must not be answered: without a token, with a spoilt one, as another organisation's owner,
 * as a member, as each kind of machine. A route that is new is asked too; one that is meant for others is listed by its service.
 *
 * <p>Unless listed, a route with {@code {org}} is for managers and owners of that organisation, any other for nobody; health and metrics are open.
 */
public final class TenantIsolation {

    private static final Set<String> OPEN = Set.of("/health", "/health/{selector}", "/metrics");
    private static final Set<String> FOR_MANAGERS = Set.of("manager", "owner");
    private static final String OTHER = "somebody-elses-organisation";
    private static final String NOBODYS = "nobodys-organisation";

    private final SortedSet<Route> routes;
    private final URI server;
    private final TokenIssuer issuer;
    private final String org;
    private final Map<String, String> ids = new LinkedHashMap<>();
    private final Map<Route, Set<String>> allowed = new LinkedHashMap<>();
    private final Map<Route, String> bodies = new LinkedHashMap<>();
    private final Set<Route> open = new TreeSet<>();
    private final List<String> secrets = new ArrayList<>();

    /** @param org an organisation that has something to hide */
    public TenantIsolation(BeanContext context, URI server, TokenIssuer issuer, String org) {
        this.routes = RunningRoutes.of(context);
        this.server = server;
        this.issuer = issuer;
        this.org = org;
    }

    /** What the variable stands for in paths: an id that is the organisation's own. */
    public TenantIsolation id(String variable, String value) {
        ids.put(variable, value);
        return this;
    }

    /** The route needs no bearer token, since it carries a signed token of its own or is public by nature. */
    public TenantIsolation open(String route) {
        open.add(Route.parse(route));
        return this;
    }

    /**
     * Who may use a route, and nobody else.
     *
     * @param callers roles ({@code member}, {@code manager}, {@code owner}), scopes, or {@code anybody} with a good token
     */
    public TenantIsolation allow(String route, String... callers) {
        allowed.put(Route.parse(route), new LinkedHashSet<>(List.of(callers)));
        return this;
    }

    /** JSON that the route's controller can read, where an empty object is none. */
    public TenantIsolation body(String route, String json) {
        bodies.put(Route.parse(route), json);
        return this;
    }

    /** A text of the organisation that must stand in no refusal. */
    public TenantIsolation secret(String text) {
        secrets.add(text);
        return this;
    }

    /** @return what is wrong, a line each; empty if nothing is */
    public List<String> findings() {
        List<String> findings = new ArrayList<>();
        listed().filter(route -> !routes.contains(route))
                .forEach(route -> findings.add(route + ": listed, and there is no such route"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (Route route : routes) {
                if (!open.contains(route) && !OPEN.contains(route.path())) {
                    new Asking(http, route, findings).ask();
                }
            }
        }
        return findings;
    }

    private Stream<Route> listed() {
        return Stream.of(open, allowed.keySet(), bodies.keySet()).flatMap(Set::stream);
    }

    /** One route. */
    private final class Asking {

        private final HttpClient http;
        private final Route route;
        private final List<String> findings;
        private final Set<String> mayUse;
        private final boolean ofAnOrganisation;

        Asking(HttpClient http, Route route, List<String> findings) {
            this.http = http;
            this.route = route;
            this.findings = findings;
            this.ofAnOrganisation = route.variables().contains("org");
            this.mayUse = allowed.getOrDefault(route, ofAnOrganisation ? FOR_MANAGERS : Set.of());
        }

        void ask() {
            expect(401, "", org, "without a token");
            issuer.token("owner")
                    .org(org, "owner")
                    .scope("admin")
                    .spoilt()
                    .forEach((how, token) -> expect(401, token, org, "with a spoilt token, " + how));
            if (mayUse.contains("anybody")) {
                return;
            }
            expect(403, issuer.token("stranger").org(OTHER, "owner").sign(), org, "as another organisation's owner");
            expect(403, issuer.token("nobody").sign(), org, "as a caller of no organisation");
            for (String role : List.of("member", "manager", "owner")) {
                if (!mayUse.contains(role)) {
                    expect(403, issuer.token(role).org(org, role).sign(), org, "as " + role);
                }
            }
            for (String scope : List.of("proxy", "feed", "platform", "admin")) {
                if (!mayUse.contains(scope)) {
                    expect(403, issuer.token(scope).scope(scope).sign(), org, "as " + scope);
                }
            }
            if (ofAnOrganisation) {
                tellsNotWhetherItIsThere();
                tellsNotWhoseAnIdIs();
            }
        }

        /** The refusal is the same for an organisation that does not exist. */
        private void tellsNotWhetherItIsThere() {
            String stranger = issuer.token("stranger").org(OTHER, "owner").sign();
            String real = said(send(stranger, org));
            String none = said(send(stranger, NOBODYS));
            if (!real.equals(none)) {
                findings.add(route + ": tells a stranger whether the organisation is there: " + real + " | " + none);
            }
        }

        /** Somebody who names another's id within his own organisation learns as little as of an id that there is not. */
        private void tellsNotWhoseAnIdIs() {
            if (route.variables().stream().noneMatch(ids::containsKey)) {
                return;
            }
            String owner = issuer.token("stranger").org(OTHER, "owner").sign();
            HttpResponse<String> answer = send(owner, OTHER);
            if (mayUse.contains("owner") && answer.statusCode() < 400) {
                findings.add(route + ": does something with another organisation's id: " + answer.statusCode());
            }
            leaks(answer, "by an id of another organisation");
        }

        private void expect(int status, String token, String organisation, String how) {
            HttpResponse<String> response = send(token, organisation);
            if (response.statusCode() != status) {
                findings.add(route + ": " + response.statusCode() + " in place of " + status + " " + how);
            }
            leaks(response, how);
        }

        private void leaks(HttpResponse<String> response, String how) {
            String said = said(response);
            secrets.stream()
                    .filter(said::contains)
                    .forEach(secret -> findings.add(route + ": tells " + secret + " " + how));
        }

        /** Without the path, which is what the caller knows already. */
        private String said(HttpResponse<String> response) {
            String path = response.request().uri().getPath();
            return response.statusCode() + " " + response.body().replace(path, route.path());
        }

        private HttpResponse<String> send(String token, String organisation) {
            Map<String, String> values = new LinkedHashMap<>(ids);
            values.put("org", organisation);
            HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(route.filled(values)))
                    .method(
                            route.method(),
                            route.method().equals("GET")
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(bodies.getOrDefault(route, "{}")))
                    .header("content-type", "application/json");
            if (!token.isEmpty()) {
                request.header("authorization", "Bearer " + token);
            }
            try {
                return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            } catch (IOException e) {
                throw new UncheckedIOException(route.toString(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(route.toString(), e);
            }
        }
    }
}
