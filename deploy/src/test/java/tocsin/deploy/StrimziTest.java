package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** The custom resources say what {@code deploy/topics.yaml} and {@code deploy/access.yaml} say, and so what {@code ./tocsin topics apply} makes. */
class StrimziTest {

    record Shape(int partitions, Map<String, String> config) {}

    @ParameterizedTest
    @CsvSource({"strimzi, prod, '', 2", "shared-cluster, dev, security_, 1"})
    void everyTopicOfTheFileIsThereAsTheFileHasIt(String example, String profile, String prefix, String minInsync) {
        // Given
        Map<String, Shape> wanted = wanted(profile, prefix, minInsync);
        if (example.equals("strimzi")) {
            // The one that the example makes larger.
            wanted.computeIfPresent("webhook.requested", (_, shape) -> new Shape(64, shape.config()));
        }

        // When
        Map<String, Shape> rendered = new TreeMap<>();
        for (JsonNode topic : Chart.objects(Chart.render(example), "KafkaTopic")) {
            var config = new TreeMap<String, String>();
            topic.at("/spec/config")
                    .propertyStream()
                    .forEach(it -> config.put(it.getKey(), it.getValue().asText()));
            rendered.put(
                    topic.at("/spec/topicName").asText(Chart.nameOf(topic)),
                    new Shape(topic.at("/spec/partitions").asInt(), config));
            assertTrue(Chart.nameOf(topic).matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?"), topic::toString);
            // Uninstalling must not delete what was told to nobody yet.
            assertEquals(
                    "keep",
                    topic.at("/metadata/annotations/helm.sh~1resource-policy").asText());
        }

        // Then
        assertEquals(wanted, rendered);
    }

    @ParameterizedTest
    @CsvSource({"strimzi, ''", "shared-cluster, security_"})
    void everyServiceMayWhatTheFileSays(String example, String prefix) {
        // Given
        String rendered = Chart.render(example);

        AccessTest.read().forEach((service, access) -> {
            // When
            JsonNode user = Chart.object(rendered, "KafkaUser", "alarm-" + service);
            var granted = new TreeSet<String>();
            for (JsonNode rule : user.at("/spec/authorization/acls")) {
                rule.path("operations")
                        .forEach(operation -> granted.add(String.join(
                                " ",
                                rule.at("/resource/type").asText(),
                                rule.at("/resource/patternType").asText(),
                                rule.at("/resource/name").asText(),
                                operation.asText())));
            }

            // Then
            var wanted = new TreeSet<String>();
            access.reads().forEach(topic -> wanted.addAll(operations("topic literal " + prefix + topic, "Read")));
            access.writes().forEach(topic -> wanted.addAll(operations("topic literal " + prefix + topic, "Write")));
            access.owns()
                    .forEach(topic ->
                            wanted.addAll(operations("topic prefix " + prefix + topic, "Read", "Write", "Delete")));
            access.groups().forEach(group -> wanted.addAll(operations("group prefix " + prefix + group, "Read")));
            assertEquals(wanted, granted);
        });
    }

    /** Strimzi puts what proves who a user is into a Secret of the user's name. */
    @ParameterizedTest
    @CsvSource({
        "strimzi,        tls,           SSL,      KAFKA_CLIENT_SSL_KEYSTORE_PASSWORD, user.password",
        "shared-cluster, scram-sha-512, SASL_SSL, KAFKA_CLIENT_SASL_JAAS_CONFIG,      sasl.jaas.config"
    })
    void everyServiceComesAsTheUserThatIsMadeForIt(
            String example, String authentication, String protocol, String setting, String entry) {
        // Given
        String rendered = Chart.render(example);
        JsonNode users = Chart.objects(rendered, "KafkaUser").getFirst();
        String authority = users.at("/metadata/labels/strimzi.io~1cluster").asText() + "-cluster-ca-cert";

        for (JsonNode workload : Chart.workloads(rendered)) {
            // When
            Map<String, String> environment = Chart.environment(workload);
            JsonNode user = Chart.object(rendered, "KafkaUser", Chart.nameOf(workload));
            List<String> secrets = workload.at("/spec/template/spec/volumes").findValuesAsText("secretName");

            // Then
            assertEquals(authentication, user.at("/spec/authentication/type").asText());
            assertEquals(protocol, environment.get("KAFKA_CLIENT_SECURITY_PROTOCOL"));
            assertEquals(
                    "{\"secretKeyRef\":{\"key\":\"" + entry + "\",\"name\":\"" + Chart.nameOf(workload) + "\"}}",
                    environment.get(setting));
            assertTrue(secrets.contains(authority), secrets::toString);
            assertEquals(authentication.equals("tls"), secrets.contains(Chart.nameOf(workload)), secrets::toString);
        }
    }

    @Test
    void theChartHasTheFilesOfOperations() {
        for (String file : Chart.COPIES) {
            assertEquals(
                    Sources.text("deploy/" + file),
                    Sources.text(Chart.FOLDER.resolve("files").resolve(file)));
        }
    }

    private static List<String> operations(String on, String... operations) {
        var all = new ArrayList<String>();
        all.add(on + " Describe");
        for (String operation : operations) {
            all.add(on + " " + operation);
        }
        return all;
    }

    private static Map<String, Shape> wanted(String profile, String prefix, String minInsync) {
        Map<String, List<Map<String, Object>>> file = new Yaml().load(Sources.text("deploy/topics.yaml"));
        var wanted = new TreeMap<String, Shape>();
        for (Map<String, Object> topic : file.getOrDefault("topics", List.of())) {
            var config = new TreeMap<String, String>(map(topic, "config"));
            config.put("min.insync.replicas", minInsync);
            wanted.put(
                    prefix + topic.get("name"),
                    new Shape(Integer.parseInt(map(topic, "partitions").getOrDefault(profile, "")), config));
        }
        for (Map<String, Object> topic : file.getOrDefault("streams", List.of())) {
            var config = new TreeMap<String, String>();
            config.put("cleanup.policy", String.valueOf(topic.get("cleanup.policy")));
            config.put("message.timestamp.type", "CreateTime");
            config.put("min.insync.replicas", minInsync);
            if (config.containsValue("delete")) {
                config.put("retention.ms", "-1");
            }
            Shape as = wanted.get(prefix + topic.get("as"));
            wanted.put(prefix + topic.get("name"), new Shape(as == null ? 0 : as.partitions(), config));
        }
        return wanted;
    }

    private static Map<String, String> map(Map<String, Object> topic, String key) {
        var texts = new TreeMap<String, String>();
        if (topic.get(key) instanceof Map<?, ?> map) {
            map.forEach((name, value) -> texts.put(String.valueOf(name), String.valueOf(value)));
        }
        return texts;
    }
}
