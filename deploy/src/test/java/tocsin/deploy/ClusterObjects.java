package tocsin.deploy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a cluster takes: every field of an object must be one that its kind has, of the type that it has there. */
final class ClusterObjects {

    /** The model keeps what it does not know beside what it knows; here that is a fault. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private static final Map<String, Class<?>> KINDS = Map.ofEntries(
            Map.entry("v1/Service", Service.class),
            Map.entry("v1/ServiceAccount", ServiceAccount.class),
            Map.entry("apps/v1/Deployment", Deployment.class),
            Map.entry("apps/v1/StatefulSet", StatefulSet.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
            Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class),
            Map.entry("keda.sh/v1alpha1/ScaledObject", ScaledObject.class),
            Map.entry("kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class),
            Map.entry("kafka.strimzi.io/v1/KafkaUser", KafkaUser.class));

    private ClusterObjects() {}

    /** @return why a cluster would not take it as it is meant; nothing if it would */
    static Optional<String> fault(JsonNode object) {
        String kind =
                object.path("apiVersion").asText() + "/" + object.path("kind").asText();
        Class<?> type = KINDS.get(kind);
        if (type == null) {
            return Optional.of("no kind known as " + kind);
        }
        try {
            STRICT.treeToValue(object, type);
            return Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.of(kind + " " + Chart.nameOf(object) + ": "
                    + e.getOriginalMessage().lines().findFirst().orElse(""));
        }
    }

    // The kinds of operators that nobody publishes a model of: the fields that we use, as their documentation has them.

    record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, Scaling spec) {
        record Scaling(
                Target scaleTargetRef,
                @Nullable Integer pollingInterval,
                int minReplicaCount,
                int maxReplicaCount,
                Advanced advanced,
                List<Trigger> triggers) {}

        record Target(String apiVersion, String kind, String name) {}

        record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

        record Autoscaler(Behavior behavior) {}

        record Behavior(Rules scaleDown) {}

        record Rules(int stabilizationWindowSeconds, List<Policy> policies) {}

        record Policy(String type, int value, int periodSeconds) {}

        /** KEDA takes texts only. */
        record Trigger(
                String type,
                @Nullable String metricType,
                Map<String, String> metadata,
                @Nullable Reference authenticationRef) {}

        record Reference(String name) {}
    }

    record KafkaTopic(String apiVersion, String kind, ObjectMeta metadata, TopicShape spec) {
        record TopicShape(@Nullable String topicName, int partitions, int replicas, Map<String, String> config) {}
    }

    record KafkaUser(String apiVersion, String kind, ObjectMeta metadata, Rights spec) {
        record Rights(Authentication authentication, Authorization authorization) {}

        record Authentication(String type) {}

        record Authorization(String type, List<Rule> acls) {}

        record Rule(Resource resource, List<Operation> operations) {}

        record Resource(String type, String name, PatternType patternType) {}

        enum PatternType {
            @JsonProperty("literal")
            LITERAL,
            @JsonProperty("prefix")
            PREFIX
        }

        /** Kafka's own words; those that nobody of ours needs are missing on purpose. */
        enum Operation {
            @JsonProperty("Read")
            READ,
            @JsonProperty("Write")
            WRITE,
            @JsonProperty("Describe")
            DESCRIBE,
            @JsonProperty("Delete")
            DELETE
        }
    }
}
