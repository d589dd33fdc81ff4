package tocsin.service.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.testsupport.BrokerGuard;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;

/** On a broker that lets nobody do what was not allowed, and on one that guards nothing. */
class AsksWhetherATopicMayBeWrittenTest {

    private static final String SERVICE = "service";
    private static final String PREFIX = "team.";

    @TempDir
    private static Path directory;

    private static KafkaBroker broker;
    private static KafkaClients operator;
    private static KafkaClients service;

    @BeforeAll
    static void start() {
        BrokerGuard guard = new BrokerGuard(LocalAuthority.create(), directory);
        broker = KafkaBroker.startGuarded(guard);
        operator = clients(guard, BrokerGuard.OPERATOR);
        service = clients(guard, SERVICE);
    }

    private static KafkaClients clients(BrokerGuard guard, String name) {
        return KafkaClients.of(new KafkaConfig(broker.bootstrapServers(), PREFIX, guard.clientSettings(name)));
    }

    @AfterAll
    static void stop() {
        service.close();
        operator.close();
        broker.close();
    }

    private static void create(String topic) throws InterruptedException, ExecutionException {
        operator.admin()
                .createTopics(List.of(new NewTopic(PREFIX + topic, 1, (short) 1)))
                .all()
                .get();
    }

    private static void allow(String topic, AclOperation operation) throws InterruptedException, ExecutionException {
        operator.admin()
                .createAcls(List.of(new AclBinding(
                        new ResourcePattern(ResourceType.TOPIC, PREFIX + topic, PatternType.LITERAL),
                        new AccessControlEntry(
                                BrokerGuard.principal(SERVICE), "*", operation, AclPermissionType.ALLOW))))
                .all()
                .get();
    }

    /** What was made a moment ago is in force a moment later. */
    private static void awaitAnswer(String topic, Optional<String> answer) {
        LoopTopics.within().untilAsserted(() -> assertEquals(answer, service.whyNotWritable(topic)));
    }

    @Test
    void itIsNotThere() throws Exception {
        // When
        allow("absent", AclOperation.WRITE);

        // Then
        awaitAnswer("absent", Optional.of("UnknownTopicOrPartitionException"));
    }

    @Test
    void nothingIsAllowed() throws Exception {
        // When
        create("hidden");

        // Then
        awaitAnswer("hidden", Optional.of("TopicAuthorizationException"));
    }

    @Test
    void itMayBeReadAlone() throws Exception {
        // Given
        create("read");

        // When
        allow("read", AclOperation.READ);

        // Then
        awaitAnswer("read", Optional.of("it may not be written"));
    }

    @Test
    void itMayBeWritten() throws Exception {
        // Given
        create("written");

        // When
        allow("written", AclOperation.WRITE);

        // Then
        awaitAnswer("written", Optional.empty());
    }

    @Test
    void nobodyGuardsIt() throws InterruptedException {
        // Given
        try (KafkaBroker open = KafkaBroker.start();
                KafkaClients clients = KafkaClients.of(new KafkaConfig(open.bootstrapServers(), PREFIX, Map.of()))) {
            open.createTopic(PREFIX + "open", 1);

            // When
            Optional<String> answer = clients.whyNotWritable("open");

            // Then
            assertEquals(Optional.empty(), answer);
        }
    }
}
