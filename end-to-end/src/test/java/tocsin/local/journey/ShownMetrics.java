package tocsin.local.journey;

import static java.util.stream.Collectors.toCollection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tocsin.local.running.Home;
import tocsin.local.running.Waiting;
import tocsin.local.stack.StackAddresses;

/** What the services of a stack show at {@code /metrics}, held against {@code docs/metrics.md}. */
final class ShownMetrics {

    /** Some meters are made a while after the start, and Prometheus comes again and again as well. */
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** What is shown from the start or once something rang; the rest needs events of its own. */
    private static final Pattern TOLD =
            Pattern.compile("^\\| `([a-z0-9_]+)` \\| [^|]* \\| (?:start|rang) \\|", Pattern.MULTILINE);

    private ShownMetrics() {}

    /** @return what is still missing in the end */
    static Set<String> awaitAll(StackAddresses addresses) {
        Set<String> missing = told();
        if (missing.size() < 30) {
            throw new AssertionError("docs/metrics.md is read wrong: " + missing);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            Waiting.until(
                    () -> {
                        missing.removeAll(shown(client, addresses));
                        return missing.isEmpty();
                    },
                    LIMIT);
        }
        return missing;
    }

    private static Set<String> told() {
        try {
            Set<String> told = new TreeSet<>();
            Matcher row = TOLD.matcher(Files.readString(Home.find().path().resolve("docs/metrics.md")));
            while (row.find()) {
                told.add(row.group(1));
            }
            return told;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> shown(HttpClient client, StackAddresses addresses) {
        return Stream.of(addresses.tracker(), addresses.matcher(), addresses.dispatcher(), addresses.sender())
                .flatMap(service -> lines(client, service.resolve("/metrics")).stream())
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("[{ ].*", ""))
                .collect(toCollection(TreeSet::new));
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
