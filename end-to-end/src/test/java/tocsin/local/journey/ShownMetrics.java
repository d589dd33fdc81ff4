package tocsin.local.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tocsin.local.running.Home;
import tocsin.local.running.Waiting;
import tocsin.local.stack.LocalStack;
import tocsin.schemas.Topics;

/** What the services of a stack show at {@code /metrics}, held against {@code docs/metrics.md}. */
final class ShownMetrics {

    /** What is shown from the start or once something rang; the rest needs events of its own. */
    private static final Pattern TOLD =
            Pattern.compile("^\\| `([a-z0-9_]+)` \\| [^|]* \\| (start|rang|event) \\| (.*) \\|$", Pattern.MULTILINE);

    private static final Pattern HELP = Pattern.compile("# HELP (\\S+) (.*)");

    private ShownMetrics() {}

    /** @return what is still missing in the end, and what describes itself otherwise than the document does */
    static Set<String> awaitAll(LocalStack stack) {
        Map<String, String> told = told("start|rang|event");
        Set<String> missing = new TreeSet<>(told("start|rang").keySet());
        if (missing.size() < 30) {
            throw new AssertionError("docs/metrics.md is read wrong: " + missing);
        }
        Set<String> otherwise = new TreeSet<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            // Some meters are made a while after the start, and Prometheus comes again and again as well.
            Waiting.until(
                    () -> {
                        List<String> shown = shown(client, stack);
                        shown.forEach(line -> missing.remove(line.replaceFirst("[{ ].*", "")));
                        shown.stream()
                                .map(HELP::matcher)
                                .filter(Matcher::matches)
                                .filter(help -> isOurs(help.group(1)) && told.containsKey(help.group(1)))
                                .filter(help -> !help.group(2).equals(told.get(help.group(1))))
                                .forEach(help -> otherwise.add(help.group()));
                        return missing.isEmpty();
                    },
                    Journey.LIMIT);
        }
        missing.addAll(otherwise);
        return missing;
    }

    /** A maximum is described by the library as what it is the maximum of. */
    private static boolean isOurs(String name) {
        return (name.startsWith("tocsin_") || name.startsWith("delivery_")) && !name.endsWith("_max");
    }

    private static Map<String, String> told(String since) {
        try {
            Map<String, String> told = new TreeMap<>();
            Matcher row = TOLD.matcher(Files.readString(Home.find().path().resolve("docs/metrics.md")));
            while (row.find()) {
                if (row.group(2).matches(since)) {
                    told.put(row.group(1), row.group(3));
                }
            }
            return told;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By all instances: what counts what rang is shown by the one that did it. */
    private static List<String> shown(HttpClient client, LocalStack stack) {
        return Topics.SERVICES.stream()
                .flatMap(service -> stack.instances(service).stream())
                .flatMap(instance -> lines(client, instance.url().resolve("/metrics")).stream())
                .toList();
    }

    private static List<String> lines(HttpClient client, URI metrics) {
        try {
            HttpRequest request = HttpRequest.newBuilder(metrics)
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body().lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
