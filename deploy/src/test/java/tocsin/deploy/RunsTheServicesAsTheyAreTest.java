package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;

/** What the chart says of a service is what the service's code says. */
class RunsTheServicesAsTheyAreTest {

    private static final String PRODUCTION = Chart.render("production");

    @ParameterizedTest
    @MethodSource("tocsin.deploy.ChartTest#examples")
    void everyVariableIsOneThatTheServiceReads(String example) {
        // Given
        List<String> unread = new ArrayList<>();

        // When
        for (JsonNode workload : Chart.workloads(Chart.render(example))) {
            String service = Chart.container(workload).path("name").asText();
            Predicate<String> read = ServiceSettings.readBy(service);
            Chart.environment(workload).keySet().stream()
                    .filter(read.negate())
                    .map(name -> service + " " + name)
                    .forEach(unread::add);
        }

        // Then
        assertEquals(List.of(), unread);
    }

    @Test
    void aVariableThatNobodyReadsIsFound() {
        Predicate<String> read = ServiceSettings.readBy("webhook-sender");

        assertTrue(read.test("TOCSIN_SECRETS_KEYSET_FILE"));
        assertTrue(read.test("KAFKA_BOOTSTRAP_SERVERS"));
        assertTrue(!read.test("TOCSIN_SECRETS_KEYSET_FILES"));
        assertTrue(!read.test("TOCSIN_SMTP_HOST"));
        assertTrue(ServiceSettings.readBy("advisory-matcher").test("TOCSIN_BUCKETS_OSV_URL"));
        assertTrue(!ServiceSettings.readBy("advisory-matcher").test("TOCSIN_BUCKETS_OSV_ADDRESS"));
    }

    @Test
    void settingsOfTheValuesArriveUnderTheirNames() {
        // When
        Map<String, String> tracker = Chart.environment(workload("download-tracker"));
        Map<String, String> matcher = Chart.environment(workload("advisory-matcher"));

        // Then
        assertEquals("PT10M", tracker.get("TOCSIN_WAITING_LIMIT"));
        assertEquals("SASL_SSL", tracker.get("KAFKA_CLIENT_SECURITY_PROTOCOL"));
        assertEquals(secret("tracker-kafka", "jaas"), tracker.get("KAFKA_CLIENT_SASL_JAAS_CONFIG"));
        assertEquals(secret("schema-registry", "password"), tracker.get("TOCSIN_SCHEMA_REGISTRY_PASSWORD"));
        assertEquals(secret("matcher-kafka", "jaas"), matcher.get("KAFKA_CLIENT_SASL_JAAS_CONFIG"));
    }

    @ParameterizedTest
    @MethodSource("tocsin.deploy.ChartTest#examples")
    void probesAskWhatIsAnsweredWithoutAToken(String example) {
        // Given
        String security = Sources.text("service-defaults/src/main/java/tocsin/service/security/EveryRouteFilter.java");

        for (JsonNode workload : Chart.workloads(Chart.render(example))) {
            // When
            JsonNode container = Chart.container(workload);

            // Then
            assertEquals("http", container.at("/ports/0/name").asText());
            assertEquals(8080, container.at("/ports/0/containerPort").asInt());
            Map<String, String> paths = Map.of(
                    "startupProbe", "/health/liveness",
                    "livenessProbe", "/health/liveness",
                    "readinessProbe", "/health/readiness");
            paths.forEach((probe, path) -> {
                assertEquals(path, container.at("/" + probe + "/httpGet/path").asText());
                assertTrue(security.contains('"' + path + '"'));
            });
        }
    }

    /**
     * Nothing answers while a schema is brought up to date; a probe that is over too soon would have it begun again and again. Where there is none, one
     * that hangs is ended soon.
     */
    @ParameterizedTest
    @ValueSource(strings = {"production", "minimal"})
    void aStartMayTakeAsLongAsAMigrationDoes(String example) {
        for (JsonNode workload : Chart.workloads(Chart.render(example))) {
            // When
            JsonNode probe = Chart.container(workload).path("startupProbe");
            int seconds = probe.path("failureThreshold").asInt()
                    * probe.path("periodSeconds").asInt();

            // Then
            assertEquals(hasDatabase(workload) ? 1800 : 180, seconds);
            if (workload.path("kind").asText().equals("Deployment")) {
                assertTrue(workload.at("/spec/progressDeadlineSeconds").asInt() > seconds);
            }
        }
    }

    private static boolean hasDatabase(JsonNode workload) {
        return Chart.environment(workload).values().stream().anyMatch(value -> value.startsWith("jdbc:"));
    }

    /** One role for each service, which owns its own schema alone. */
    @ParameterizedTest
    @MethodSource("tocsin.deploy.ChartTest#examples")
    void noTwoServicesShareAnAccountOfTheDatabase(String example) {
        // When
        List<String> accounts = Chart.workloads(Chart.render(example)).stream()
                .map(Chart::environment)
                .flatMap(environment -> Stream.of("DATASOURCES_DEFAULT_USERNAME", "TOCSIN_HISTORY_USERNAME")
                        .map(environment::get)
                        .filter(Objects::nonNull))
                .toList();

        // Then
        assertEquals(accounts.size(), Set.copyOf(accounts).size(), accounts::toString);
    }

    /** Each file that a setting names comes of a Secret, and whoever says that there is a password has one. */
    @ParameterizedTest
    @MethodSource("tocsin.deploy.ChartTest#examples")
    void whatAClientIsToldToUseIsThere(String example) {
        for (JsonNode workload : Chart.workloads(Chart.render(example))) {
            // When
            Map<String, String> environment = Chart.environment(workload);
            List<String> folders = mounts(workload).stream()
                    .map(mount -> mount.path("mountPath").asText() + "/")
                    .toList();

            // Then
            environment.forEach((name, value) -> assertTrue(
                    !name.startsWith("KAFKA_CLIENT_SSL_")
                            || !name.endsWith("_LOCATION")
                            || folders.stream().anyMatch(value::startsWith),
                    () -> name + " " + value));
            String protocol = environment.getOrDefault("KAFKA_CLIENT_SECURITY_PROTOCOL", "PLAINTEXT");
            assertEquals(
                    protocol.startsWith("SASL_"),
                    environment.containsKey("KAFKA_CLIENT_SASL_JAAS_CONFIG")
                            && environment.containsKey("KAFKA_CLIENT_SASL_MECHANISM"));
            assertEquals(protocol.endsWith("SSL"), environment.containsKey("KAFKA_CLIENT_SSL_TRUSTSTORE_LOCATION"));
        }
    }

    @ParameterizedTest
    @MethodSource("tocsin.deploy.ChartTest#examples")
    void noContainerMayMoreThanItMust(String example) {
        for (JsonNode workload : Chart.workloads(Chart.render(example))) {
            // When
            JsonNode pod = workload.at("/spec/template/spec");
            JsonNode container = Chart.container(workload).path("securityContext");

            // Then
            assertTrue(pod.at("/securityContext/runAsNonRoot").asBoolean());
            assertTrue(pod.at("/securityContext/runAsUser").asInt() > 0);
            assertEquals(
                    "RuntimeDefault",
                    pod.at("/securityContext/seccompProfile/type").asText());
            assertEquals(false, pod.path("automountServiceAccountToken").asBoolean(true));
            assertEquals(true, container.path("readOnlyRootFilesystem").asBoolean(false));
            assertEquals(false, container.path("allowPrivilegeEscalation").asBoolean(true));
            assertEquals("ALL", container.at("/capabilities/drop/0").asText());
            assertTrue(pod.at("/containers/1").isMissingNode());
        }
    }

    @ParameterizedTest
    @MethodSource("tocsin.deploy.ChartTest#examples")
    void theMatcherKeepsItsStateAndHasTimeToClose(String example) {
        Chart.workloads(Chart.render(example)).stream()
                .filter(it -> Chart.nameOf(it).endsWith("advisory-matcher"))
                .forEach(matcher -> {
                    // When
                    Map<String, String> environment = Chart.environment(matcher);
                    JsonNode pod = matcher.at("/spec/template/spec");
                    Duration close = Duration.parse("PT" + environment.get("TOCSIN_MATCHER_CLOSE_TIMEOUT"));
                    // Before the close, requests end: SharedDefaults' grace period.
                    Duration before = Duration.ofSeconds(Chart.container(matcher)
                                    .at("/lifecycle/preStop/sleep/seconds")
                                    .asInt()
                            + 15);

                    // Then
                    assertEquals("StatefulSet", matcher.path("kind").asText());
                    assertEquals(
                            "Parallel", matcher.at("/spec/podManagementPolicy").asText());
                    assertTrue(close.plus(before)
                                    .compareTo(Duration.ofSeconds(pod.path("terminationGracePeriodSeconds")
                                            .asInt()))
                            < 0);
                    String claim = matcher.at("/spec/volumeClaimTemplates/0/metadata/name")
                            .asText();
                    assertTrue(mounts(matcher).stream()
                            .anyMatch(mount -> mount.path("name").asText().equals(claim)
                                    && environment
                                            .getOrDefault("TOCSIN_MATCHER_STATE_DIR", "")
                                            .startsWith(mount.path("mountPath").asText() + "/")));
                    assertTrue(environment
                            .getOrDefault("KAFKA_CLIENT_GROUP_INSTANCE_ID", "")
                            .contains("metadata.name"));
                    assertTrue(Integer.parseInt(environment.get("KAFKA_CLIENT_NUM_STANDBY_REPLICAS"))
                            < matcher.at("/spec/replicas").asInt());
                });
    }

    @Test
    void usualSettingsHaveAStandbyAndAMinuteToClose() {
        // When
        Map<String, String> environment =
                Chart.environment(Chart.object(Chart.render("minimal"), "StatefulSet", "alarm-advisory-matcher"));

        // Then
        assertEquals("1", environment.get("KAFKA_CLIENT_NUM_STANDBY_REPLICAS"));
        assertEquals("60s", environment.get("TOCSIN_MATCHER_CLOSE_TIMEOUT"));
    }

    @Test
    void eachButTheMatcherIsScaledByWhatItsOwnGroupsAreBehind() {
        // Given
        Set<String> topics =
                new TreeSet<>(Topics.all().stream().map(Topic::name).toList());

        // When
        List<JsonNode> scaled = Chart.objects(PRODUCTION, "ScaledObject");

        // Then
        assertEquals(
                List.of("alarm-download-tracker", "alarm-notification-dispatcher", "alarm-webhook-sender"),
                scaled.stream().map(Chart::nameOf).toList());
        for (JsonNode each : scaled) {
            String service = each.at("/spec/scaleTargetRef/name").asText().replace("alarm-", "");
            assertEquals("Deployment", each.at("/spec/scaleTargetRef/kind").asText());
            assertTrue(each.at("/spec/minReplicaCount").asInt() >= 1);
            assertTrue(each.at(
                                    "/spec/advanced/horizontalPodAutoscalerConfig/behavior/scaleDown/stabilizationWindowSeconds")
                            .asInt()
                    >= 300);
            assertTrue(workload(service).at("/spec/replicas").isMissingNode());
            for (JsonNode trigger : each.at("/spec/triggers")) {
                JsonNode metadata = trigger.path("metadata");
                if (trigger.path("type").asText().equals("kafka")) {
                    String topic = metadata.path("topic").asText();
                    assertTrue(topics.contains(topic), topic);
                    // What always lies in a retry topic waits for its time, and no instance more makes that pass.
                    assertTrue(!topic.contains(".retry."), topic);
                    String group = '"' + metadata.path("consumerGroup").asText() + '"';
                    assertTrue(Sources.codeOf(service).stream().anyMatch(code -> code.contains(group)), group);
                    assertEquals("earliest", metadata.path("offsetResetPolicy").asText());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("tocsin.deploy.ChartTest#examples")
    void everySelectorFindsItsOwnServiceAlone(String example) {
        // Given
        String rendered = Chart.render(example);
        List<JsonNode> workloads = Chart.workloads(rendered);

        // When
        Map<String, String> selectors = Map.of(
                "Service", "/spec/selector",
                "PodDisruptionBudget", "/spec/selector/matchLabels",
                "NetworkPolicy", "/spec/podSelector/matchLabels",
                "ServiceMonitor", "/spec/selector/matchLabels");

        // Then
        selectors.forEach((kind, path) -> Chart.objects(rendered, kind).forEach(object -> {
            List<String> found = workloads.stream()
                    .filter(workload -> has(workload.at("/spec/template/metadata/labels"), object.at(path)))
                    .map(Chart::nameOf)
                    .toList();
            assertEquals(List.of(Chart.nameOf(object).replace("-pods", "")), found, () -> kind + " " + object);
        }));
        assertEquals(
                workloads.stream().map(Chart::nameOf).sorted().toList(),
                Chart.objects(rendered, "ServiceAccount").stream()
                        .map(Chart::nameOf)
                        .sorted()
                        .toList());
    }

    private static boolean has(JsonNode labels, JsonNode wanted) {
        return !wanted.isEmpty()
                && wanted.propertyStream().allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
    }

    private static List<JsonNode> mounts(JsonNode workload) {
        return Stream.of(Chart.container(workload).path("volumeMounts"))
                .flatMap(JsonNode::valueStream)
                .toList();
    }

    private static JsonNode workload(String service) {
        return Chart.workloads(PRODUCTION).stream()
                .filter(it -> Chart.nameOf(it).equals("alarm-" + service))
                .findFirst()
                .orElseThrow();
    }

    private static String secret(String name, String entry) {
        return "{\"secretKeyRef\":{\"key\":\"" + entry + "\",\"name\":\"" + name + "\"}}";
    }
}
