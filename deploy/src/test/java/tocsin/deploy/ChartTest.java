package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart as Helm sees it. */
class ChartTest {

    @Test
    void helmHasNothingToSayAgainstIt() {
        LintResult result = new Helm(Chart.FOLDER).lint().strict().call();

        assertTrue(!result.isFailed(), () -> String.join("\n", result.getMessages()));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsRenderedAsItsGoldenFileSays(String example) {
        Golden.check(example + ".yaml", Chart.render(example));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aClusterKnowsEveryFieldOfAnExample(String example) {
        // When
        List<JsonNode> objects = Chart.objects(Chart.render(example));

        // Then
        assertTrue(!objects.isEmpty());
        assertEquals(
                List.of(),
                objects.stream()
                        .map(ClusterObjects::fault)
                        .flatMap(Optional::stream)
                        .toList());
        var names = new HashSet<String>();
        assertEquals(
                List.of(),
                objects.stream()
                        .map(object -> object.path("kind").asText() + " " + Chart.nameOf(object))
                        .filter(name -> !names.add(name))
                        .toList());
    }

    /** Without this the test above could be one that nothing fails. */
    @Test
    void aFieldThatNobodyKnowsIsAFault() {
        // Given
        JsonNode deployment = Chart.object(Chart.render("minimal"), "Deployment", "alarm-webhook-sender");
        ((ObjectNode) deployment.at("/spec/template/spec/containers/0/securityContext"))
                .put("readOnlyRootFileSystem", true);

        // When
        Optional<String> fault = ClusterObjects.fault(deployment);

        // Then
        assertTrue(fault.orElse("").contains("readOnlyRootFileSystem"), fault::toString);
    }

    @Test
    void thereAreAtLeastFiveExamples() {
        assertTrue(examples().size() >= 5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # what is written over the least                     | what Helm says to it
            kafka: {bootstrapServers: ''}                         | kafka.bootstrapServers is not set
            security: {issuer: ''}                                | security.issuer is not set
            security: {jwksUrl: ''}                               | security.jwksUrl is not set
            notificationDispatcher: {database: {url: ''}}         | notificationDispatcher.database.url is not set
            notificationDispatcher: {smtp: {host: ''}}            | notificationDispatcher.smtp.host is not set
            notificationDispatcher: {smtp: {tls: NONE, secret: {name: mail}}} | smtp.tls is NONE
            notificationDispatcher: {confirmation: {baseUrl: ''}} | notificationDispatcher.confirmation.baseUrl is not set
            webhookSender: {database: {secret: {name: ''}}}       | webhookSender.database.secret.name is not set
            webhookSender: {keyset: {secret: {name: ''}}}         | webhookSender.keyset.secret.name is not set
            downloadTracker: {history: {url: 'jdbc:postgresql:x'}} | downloadTracker.history.secret.name is not set
            downloadTracker: {kafka: {secret: {settings: {ssl.key.password: p}}}} | kafka.secret.settings need kafka.secret.name
            autoscaling: {enabled: true}                          | autoscaling.prometheusAddress is not set
            autoscaling: {scaleDownStabilizationSeconds: 60}      | scaleDownStabilizationSeconds
            webhookSender: {autoscaling: {minReplicas: 0}}        | minReplicas
            webhookSender: {egress: {proxy: {address: 'http://u:p@proxy:3128'}}} | address
            advisoryMatcher: {replicas: 0}                        | replicas
            advisoryMatcher: {closeTimeout: 101s}                 | terminationGracePeriodSeconds must be at least 121
            advisoryMatcher: {closeTimeout: 2m}                   | terminationGracePeriodSeconds must be at least 140
            advisoryMatcher: {closeTimeout: 100500ms}             | terminationGracePeriodSeconds must be at least 121
            advisoryMatcher: {terminationGracePeriodSeconds: 79}  | terminationGracePeriodSeconds must be at least 80
            startupSeconds: 10                                    | startupSeconds
            advisoryMatcher: {standbyReplicas: 2}                 | standbyReplicas must be less than
            advisoryMatcher: {autoscaling: {enabled: true}}       | autoscaling
            downloadTracker: {config: {tocsin.waiting.max-records: 5}} | max-records
            downloadTracker: {replcas: 3}                         | replcas
            kafka: {bootstrapServers: broker}                     | bootstrapServers
            networkPolicy: {kafka: {to: []}}                      | networkPolicy.kafka.to is not set
            networkPolicy: {database: {to: []}}                   | networkPolicy.database.to is not set
            networkPolicy: {notPublic6: ['::1/128']}              | /networkPolicy/notPublic6/0
            networkPolicy: {notPublic6: ['fc00::/7']}             | /networkPolicy/notPublic6/0
            networkPolicy: {notPublic6: ['2000::/3']}             | /networkPolicy/notPublic6/0
            networkPolicy: {notPublic: ['0.0.0.0/0']}             | /networkPolicy/notPublic/0
            networkPolicy: {notPublic: ['2001:db8::/32']}         | /networkPolicy/notPublic/0
            security: {jwksUrl: 'http://login:8080/keys'}         | say where login:8080 is
            security: {jwksUrl: 'https://10.1.2.3/keys'}          | networkPolicy.issuer.to is not set
            tracing: {endpoint: 'http://otel.watch.svc:4318/v1'}  | networkPolicy.collector.to is not set
            webhookSender: {egress: {proxy: {address: 'proxy.net.svc:3128'}}} | networkEgress has no rule
            strimzi: {users: {enabled: true}}                     | strimzi.cluster is not set
            strimzi: {cluster: c, users: {enabled: true}}         | it would come as nobody
            strimzi: {cluster: c, topics: {enabled: true, partitions: {advisory.scan: 7}}} | need equal counts
            strimzi: {cluster: c, topics: {enabled: true, partitions: {advisory.held: 7}}} | advisory.held needs no more than
            strimzi: {cluster: c, topics: {enabled: true, partitions: {advisory.published: 5}}} | advisory.decision needs no more than
            strimzi: {cluster: c, topics: {enabled: true, partitions: {no.such: 7}}} | no.such, which is no topic
            """)
    void whatCannotWorkIsRefused(String changed, String complaint, @TempDir Path folder) throws IOException {
        // Given
        Path values = Files.writeString(folder.resolve("values.yaml"), changed);
        Path minimal = Sources.path(Chart.EXAMPLES).resolve("minimal.yaml");

        // When
        RuntimeException refusal = assertThrows(RuntimeException.class, () -> Chart.render(minimal, values));

        // Then
        assertTrue(String.valueOf(refusal.getMessage()).contains(complaint), refusal::getMessage);
    }

    /** Else the order of an upgrade could not be kept. */
    @Test
    void anImageOfOneServiceChangesThatServiceAlone(@TempDir Path folder) throws IOException {
        // Given
        Path minimal = Sources.path(Chart.EXAMPLES).resolve("minimal.yaml");
        Path values = Files.writeString(folder.resolve("values.yaml"), "notificationDispatcher: {imageTag: '7.1'}");
        List<JsonNode> before = Chart.objects(Chart.render("minimal"));

        // When
        String rendered = Chart.render(minimal, values);
        List<JsonNode> changed = Chart.objects(rendered).stream()
                .filter(object -> !before.contains(object))
                .toList();

        // Then
        assertEquals(
                Set.of("alarm-notification-dispatcher"),
                changed.stream().map(Chart::nameOf).collect(Collectors.toSet()));
        assertEquals(
                "tocsin/notification-dispatcher:7.1",
                Chart.container(Chart.object(rendered, "Deployment", "alarm-notification-dispatcher"))
                        .path("image")
                        .asText());
    }

    /** Readers before writers: what the document tells in words and what it has typed in are one order, and of all services. */
    @Test
    void theUpgradeThatIsToldOfNamesEveryServiceInItsOrder(@TempDir Path folder) throws IOException {
        // Given
        String document = Sources.text("docs/operations.md");
        String order = Objects.requireNonNull(find(document, "\\*\\*Readers before writers\\*\\*: ([a-z, -]+)\\."));

        // When
        List<String> blocks = List.of(Objects.requireNonNull(find(document, "for service in ([A-Za-z ]+); do"))
                .split(" "));
        Path values = Files.writeString(
                folder.resolve("values.yaml"),
                String.join(
                        "\n",
                        blocks.stream()
                                .map(block -> block + ": {imageTag: '1.3'}")
                                .toList()));
        String rendered = Chart.render(Sources.path(Chart.EXAMPLES).resolve("minimal.yaml"), values);

        // Then
        assertEquals(
                List.of(order.split(", ")),
                blocks.stream()
                        .map(block -> block.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                        .toList());
        assertTrue(Chart.workloads(rendered).stream()
                .allMatch(workload ->
                        Chart.container(workload).path("image").asText().endsWith(":1.3")));
    }

    /** Writers must not go before readers because nobody saw that a reader did not. */
    @Test
    void theUpgradeThatIsToldOfStopsAtTheFirstFaultAndSaysWhere() throws IOException, InterruptedException {
        // Given
        String typed = Objects.requireNonNull(find(Sources.text("docs/operations.md"), "(?s)```\\n(set --\\n.*?)```"));
        String helm = "helm() { echo called; case \"$*\" in *notificationDispatcher*) return 1 ;; esac; }\n";

        // When
        Process shell = new ProcessBuilder("sh", "-c", helm + typed)
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shell.waitFor();

        // Then
        List<String> lines = said.lines().toList();
        assertEquals(3, lines.size(), said);
        assertEquals(List.of("called", "called"), lines.subList(0, 2));
        assertTrue(lines.getLast().startsWith("notificationDispatcher is not upgraded"), said);
    }

    private static @Nullable String find(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        return found.find() ? found.group(1) : null;
    }

    /** Kubernetes names what it makes of a StatefulSet after it, and puts that into labels, which have 63 letters. */
    @Test
    void aReleasesNameLeavesRoomForWhatIsNamedAfterIt() {
        // Given
        Path minimal = Sources.path(Chart.EXAMPLES).resolve("minimal.yaml");

        // When
        String longest = Chart.renderAs("a".repeat(34), minimal);
        RuntimeException refusal = assertThrows(RuntimeException.class, () -> Chart.renderAs("a".repeat(35), minimal));

        // Then
        Chart.objects(longest)
                .forEach(object -> assertTrue(
                        Chart.nameOf(object).length() + "-0123456789".length()
                                <= (object.path("kind").asText().equals("StatefulSet") ? 63 : 74),
                        object::toString));
        assertTrue(String.valueOf(refusal.getMessage()).contains("longer than 34 letters"), refusal::getMessage);
    }

    /** A chart that only became newer replaces no pod. */
    @Test
    void noPodIsLabelledWithTheChartsVersion() {
        for (JsonNode workload : Chart.workloads(Chart.render("production"))) {
            JsonNode labels = workload.at("/spec/template/metadata/labels");

            assertEquals("0.1.0", labels.path("app.kubernetes.io/version").asText());
            assertTrue(!labels.has("helm.sh/chart"), labels::toString);
        }
    }

    @Test
    void aTagReplacesNoPodThatADigestPins(@TempDir Path folder) throws IOException {
        // Given
        Path pinned = Sources.path(Chart.EXAMPLES).resolve("shared-cluster.yaml");
        Path values = Files.writeString(folder.resolve("values.yaml"), "image: {tag: '9.9'}");

        // When
        List<JsonNode> after = Chart.workloads(Chart.render(pinned, values));

        // Then
        assertEquals(
                Chart.workloads(Chart.render("shared-cluster")).stream()
                        .map(workload -> workload.at("/spec/template"))
                        .toList(),
                after.stream().map(workload -> workload.at("/spec/template")).toList());
    }

    @Test
    void aServiceThatIsSwitchedOffLeavesNothing() {
        // When
        Set<String> kinds = new HashSet<>();
        Chart.objects(Chart.render("tracker-only"))
                .forEach(object -> kinds.add(object.path("kind").asText() + " " + Chart.nameOf(object)));

        // Then
        assertEquals(
                Set.of(
                        "ServiceAccount alarm-download-tracker",
                        "Service alarm-download-tracker",
                        "Deployment alarm-download-tracker"),
                kinds);
    }

    static List<String> examples() {
        return Sources.in(Chart.EXAMPLES, ".yaml").stream()
                .map(file -> file.getFileName().toString().replace(".yaml", ""))
                .toList();
    }
}
