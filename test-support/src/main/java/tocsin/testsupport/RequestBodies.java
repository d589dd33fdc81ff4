package tocsin.testsupport;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Whether what a service's description (OpenAPI as YAML) says of the bodies of requests is so. A body without a member that is called required is refused by
 * the member's name; without another one some body is taken. Members of members are asked for too, those of lists are not. Every route that takes JSON is
 * asked. One that no body was given for is a finding, and so is one of whose body no member is described; bytes that are taken as they come have none.
 */
public final class RequestBodies {

    private static final String JSON = "application/json";

    private final URI server;
    private final Map<?, ?> schemas;
    /** The schema of the body of each route that takes JSON which has members. */
    private final Map<Route, Body> described = new TreeMap<>();
    /** Those of whose body nothing can be asked. */
    private final Set<Route> shapeless = new TreeSet<>();

    private final Map<String, String> ids = new LinkedHashMap<>();
    private final Map<Route, Samples> samples = new TreeMap<>();

    private record Body(Shape shape, boolean required) {}

    private record Samples(String token, List<String> bodies) {}

    /** What a schema says itself or by what it is put together of. */
    private record Shape(Map<String, Map<?, ?>> members, Set<String> required) {}

    public RequestBodies(URI server, String yaml) {
        this.server = server;
        Map<?, ?> document = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        this.schemas = map(document, "components", "schemas");
        map(document, "paths")
                .forEach((path, methods) -> ((Map<?, ?>) methods).forEach((method, operation) -> {
                    Route route = new Route(method.toString().toUpperCase(Locale.ROOT), path.toString());
                    Map<?, ?> body = map(operation, "requestBody");
                    Map<?, ?> schema = map(body, "content", JSON, "schema");
                    Shape shape = shape(schema);
                    if (!shape.members().isEmpty()) {
                        described.put(route, new Body(shape, Boolean.TRUE.equals(body.get("required"))));
                    } else if (map(body, "content").containsKey(JSON) && !"binary".equals(schema.get("format"))) {
                        shapeless.add(route);
                    }
                }));
    }

    /** What a variable of paths stands for. */
    public RequestBodies id(String variable, String value) {
        ids.put(variable, value);
        return this;
    }

    /**
     * Bodies that a route takes.
     *
     * @param token of a caller who may use it
     * @param bodies several where no single one can have every member, or where a member may be left out only together with another
     */
    public RequestBodies takes(String route, String token, String... bodies) {
        samples.put(Route.parse(route), new Samples(token, List.of(bodies)));
        return this;
    }

    /** @return what is wrong, a line each; empty if nothing is */
    public List<String> findings() {
        List<String> findings = new ArrayList<>();
        shapeless.forEach(route -> findings.add(route + ": no member of its body is described"));
        samples.keySet().stream()
                .filter(route -> !described.containsKey(route) && !shapeless.contains(route))
                .forEach(route -> findings.add(route + ": listed, and no body of it is described"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            described.forEach((route, body) -> {
                if (samples.containsKey(route)) {
                    new Asking(http, route, body, samples.get(route), findings).ask();
                } else {
                    findings.add(route + ": what it takes is not listed");
                }
            });
        }
        return findings;
    }

    private Shape shape(Map<?, ?> schema) {
        Shape shape = new Shape(new LinkedHashMap<>(), new LinkedHashSet<>());
        collect(schema, shape);
        return shape;
    }

    private void collect(Map<?, ?> schema, Shape into) {
        if (schema.get("$ref") instanceof String reference) {
            collect(map(schemas, reference.substring(reference.lastIndexOf('/') + 1)), into);
        }
        list(schema, "allOf").forEach(part -> collect((Map<?, ?>) part, into));
        map(schema, "properties").forEach((name, member) -> into.members().put(name.toString(), (Map<?, ?>) member));
        list(schema, "required").forEach(name -> into.required().add(name.toString()));
    }

    /** @return an empty one if there is none on that way */
    private static Map<?, ?> map(Object from, String... way) {
        Object at = from;
        for (String step : way) {
            at = at instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return at instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(Map<?, ?> from, String name) {
        return from.get(name) instanceof List<?> list ? list : List.of();
    }

    /** One route. */
    private final class Asking {

        private final HttpClient http;
        private final Route route;
        private final Body body;
        private final Samples samples;
        private final List<String> findings;

        Asking(HttpClient http, Route route, Body body, Samples samples, List<String> findings) {
            this.http = http;
            this.route = route;
            this.body = body;
            this.samples = samples;
            this.findings = findings;
        }

        void ask() {
            for (String sample : samples.bodies()) {
                HttpResponse<String> answer = send(sample);
                if (answer.statusCode() / 100 != 2) {
                    findings.add(route + ": does not take " + sample + ": " + said(answer));
                }
            }
            HttpResponse<String> empty = send("");
            if (body.required() ? !isRefused(empty) : !isTaken(empty)) {
                findings.add(route + ": " + (body.required() ? "needs no body: " : "needs a body: ") + said(empty));
            }
            ask(body.shape(), List.of());
        }

        private void ask(Shape shape, List<String> within) {
            shape.members().forEach((name, schema) -> {
                List<String> member = new ArrayList<>(within);
                member.add(name);
                if (shape.required().contains(name)) {
                    isMissed(member);
                } else {
                    isNotMissed(member);
                }
                ask(shape(schema), member);
            });
        }

        private void isMissed(List<String> member) {
            Pattern name = Pattern.compile("\\b" + Pattern.quote(member.getLast()) + "\\b");
            for (String sample : samples.bodies()) {
                if (!mayHave(sample, member)) {
                    continue;
                }
                HttpResponse<String> answer = send(without(sample, member));
                if (!isRefused(answer) || !name.matcher(detail(answer)).find()) {
                    findings.add(route + ": calls " + String.join(".", member) + " required, and says without it "
                            + said(answer));
                }
            }
        }

        private void isNotMissed(List<String> member) {
            List<String> answers = new ArrayList<>();
            boolean isEverThere = false;
            boolean isEverLeftOut = false;
            for (String sample : samples.bodies()) {
                if (mayHave(sample, member)) {
                    HttpResponse<String> answer = send(without(sample, member));
                    isEverThere |= has(sample, member);
                    isEverLeftOut |= isTaken(answer);
                    answers.add(said(answer));
                }
            }
            if (!isEverThere) {
                findings.add(route + ": " + String.join(".", member) + " is in no body that is listed");
            } else if (!isEverLeftOut) {
                findings.add(route + ": does not call " + String.join(".", member) + " required, and says without it "
                        + answers);
            }
        }

        private HttpResponse<String> send(String json) {
            HttpRequest request = HttpRequest.newBuilder(server.resolve(route.filled(ids)))
                    .method(route.method(), HttpRequest.BodyPublishers.ofString(json))
                    .header("content-type", JSON)
                    .header("authorization", "Bearer " + samples.token())
                    .build();
            try {
                return http.send(request, HttpResponse.BodyHandlers.ofString());
            } catch (IOException e) {
                throw new UncheckedIOException(route.toString(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(route.toString(), e);
            }
        }
    }

    private static boolean isRefused(HttpResponse<String> answer) {
        return answer.statusCode() == 400 || answer.statusCode() == 422;
    }

    /** What is asked for again and again may be too much, or done already: the body was good. */
    private static boolean isTaken(HttpResponse<String> answer) {
        return answer.statusCode() / 100 == 2 || answer.statusCode() == 409 || answer.statusCode() == 429;
    }

    private static String said(HttpResponse<String> answer) {
        return answer.statusCode() + " " + answer.body();
    }

    private static String detail(HttpResponse<String> answer) {
        return String.valueOf(parse(answer.body()).get("detail"));
    }

    /** Whether what the member would be a member of is there. */
    private static boolean mayHave(String json, List<String> member) {
        return within(parse(json), member).isPresent();
    }

    private static boolean has(String json, List<String> member) {
        return within(parse(json), member)
                .filter(it -> it.containsKey(member.getLast()))
                .isPresent();
    }

    private static String without(String json, List<String> member) {
        Map<String, Object> body = parse(json);
        within(body, member).ifPresent(it -> it.remove(member.getLast()));
        return JSONObjectUtils.toJSONString(body);
    }

    private static Optional<Map<?, ?>> within(Map<?, ?> body, List<String> member) {
        Optional<Map<?, ?>> at = Optional.of(body);
        for (String step : member.subList(0, member.size() - 1)) {
            at = at.flatMap(it -> it.get(step) instanceof Map<?, ?> inner ? Optional.of(inner) : Optional.empty());
        }
        return at;
    }

    private static Map<String, Object> parse(String json) {
        try {
            return JSONObjectUtils.parse(json);
        } catch (ParseException e) {
            throw new IllegalArgumentException("no JSON object: " + json, e);
        }
    }
}
