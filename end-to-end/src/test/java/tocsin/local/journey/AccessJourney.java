package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import tocsin.local.CommandRun;
import tocsin.local.running.Home;
import tocsin.local.running.Waiting;
import tocsin.schemas.Topics;
import tocsin.testsupport.BrokerGuard;

/** As in production: a broker that speaks TLS and knows each service by its certificate, a database role for each, and no right that is not needed. */
abstract class AccessJourney {

    private static final long LIMIT_SECONDS = 20;
    private static final String NOT_ALLOWED = "42501";

    private final Journey journey;
    private final LeastPrivilege privilege;

    /** @param privilege the guard of the journey's stack */
    AccessJourney(Journey journey, LeastPrivilege privilege) {
        this.journey = journey;
        this.privilege = privilege;
    }

    @ParameterizedTest
    @FieldSource("tocsin.schemas.Topics#SERVICES")
    void aServiceMayDoOnTheBrokerWhatTheFileSaysAndNoMore(String service) throws Exception {
        // Given
        Map<String, Set<AclOperation>> wanted = wanted(service);

        // When
        Map<String, Set<AclOperation>> allowed = new TreeMap<>();
        try (Admin admin = Admin.create(settings(privilege.guard().clientSettings(service)))) {
            Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                            topics(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .topicNameValues();
            for (var topic : described.entrySet()) {
                try {
                    allowed.put(
                            topic.getKey(),
                            Set.copyOf(topic.getValue()
                                    .get(LIMIT_SECONDS, TimeUnit.SECONDS)
                                    .authorizedOperations()));
                } catch (ExecutionException e) {
                    assertInstanceOf(TopicAuthorizationException.class, e.getCause(), topic::getKey);
                }
            }
        }

        // Then
        assertEquals(wanted, allowed);
    }

    @ParameterizedTest
    @FieldSource("tocsin.schemas.Topics#SERVICES")
    void aServiceIsRefusedWhenItWritesWhatAnotherDecides(String service) {
        // Given
        Set<String> foreign = new TreeSet<>(topics());
        wanted(service).forEach((topic, operations) -> {
            if (operations.contains(AclOperation.WRITE)) {
                foreign.remove(topic);
            }
        });

        // When
        try (Producer<byte[], byte[]> producer = producer(privilege.guard().clientSettings(service))) {
            for (String topic : foreign) {
                ExecutionException refusal = assertThrows(ExecutionException.class, () -> send(producer, topic), topic);

                // Then
                assertInstanceOf(TopicAuthorizationException.class, refusal.getCause());
            }
        }
    }

    @ParameterizedTest
    @FieldSource("tocsin.schemas.Topics#SERVICES")
    void aServiceIsRefusedInTheGroupOfAnother(String service) {
        for (String other : Topics.SERVICES) {
            if (!other.equals(service)) {
                Map<String, Object> settings = settings(privilege.guard().clientSettings(service));
                settings.put("group.id", other);
                try (Consumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                    // When
                    TopicPartition any = new TopicPartition(Topics.ADVISORY_MATCHED.name(), 0);

                    // Then: neither where it is may be known, nor where it goes on be said
                    assertThrows(GroupAuthorizationException.class, () -> consumer.committed(Set.of(any)), other);
                    assertThrows(
                            GroupAuthorizationException.class,
                            () -> consumer.commitSync(Map.of(any, new OffsetAndMetadata(0))),
                            other);
                }
            }
        }
    }

    @Test
    void whatNobodyWroteIntoTheFileIsTakenAwayWhenAskedTo() throws Exception {
        // Given
        AclBinding stray = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, Topics.ADVISORY_MATCHED.name(), PatternType.LITERAL),
                new AccessControlEntry(
                        BrokerGuard.principal("webhook-sender"), "*", AclOperation.READ, AclPermissionType.ALLOW));
        try (Admin admin = Admin.create(settings(privilege.operatorSettings()))) {
            Set<AclBinding> before =
                    Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get(LIMIT_SECONDS, TimeUnit.SECONDS));
            admin.createAcls(List.of(stray)).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            Journey.require(
                    Waiting.until(() -> privilege.access("plan").out().contains("leave"), Journey.LIMIT),
                    "what was granted besides is not shown");

            // When
            CommandRun unasked = privilege.access("apply");
            CommandRun asked = privilege.access("apply", "--revoke");

            // Then
            assertTrue(unasked.out().contains("Nothing to do."), unasked.out());
            assertTrue(asked.out().contains("0 to grant, 1 to revoke"), asked.out());
            assertEquals(
                    before,
                    Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get(LIMIT_SECONDS, TimeUnit.SECONDS)));
        }
    }

    @Test
    void aStrangerIsNotEvenHeard() {
        // When
        try (Producer<byte[], byte[]> producer = producer(privilege.guard().strangerSettings())) {
            ExecutionException refusal =
                    assertThrows(ExecutionException.class, () -> send(producer, Topics.DOWNLOAD_OBSERVED.name()));

            // Then
            assertInstanceOf(SslAuthenticationException.class, refusal.getCause());
        }
    }

    @Test
    void whoKnowsANameAndNotItsPasswordIsNotHeard() {
        // Given
        Map<String, Object> settings =
                settings(privilege.guard().passwordSettings(LeastPrivilege.BY_PASSWORD, "a guess"));
        settings.put("bootstrap.servers", privilege.guard().passwordAddress());

        // When
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            ExecutionException refusal =
                    assertThrows(ExecutionException.class, () -> send(producer, Topics.WEBHOOK_DEAD.name()));

            // Then
            assertInstanceOf(SaslAuthenticationException.class, refusal.getCause());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"download-tracker", "notification-dispatcher", "webhook-sender"})
    void aServiceSeesNoTableOfAnother(String service) throws SQLException {
        // Given
        String role = LeastPrivilege.roleOf(service);
        List<String> foreign = foreignTables(role);
        assertTrue(foreign.size() > 5, foreign::toString);

        // When
        try (Connection connection = DriverManager.getConnection(
                        journey.stack().addresses().database(), role, LeastPrivilege.ROLE_PASSWORD);
                Statement statement = connection.createStatement()) {
            List<String> attempts = new ArrayList<>(
                    List.of("create schema strange", "create table public.strange (id int)", "create role strange"));
            foreign.forEach(table -> attempts.add("select * from " + table + " limit 1"));
            foreign.forEach(table -> attempts.add("delete from " + table));

            for (String attempt : attempts) {
                SQLException refusal = assertThrows(SQLException.class, () -> statement.execute(attempt), attempt);

                // Then
                assertEquals(NOT_ALLOWED, refusal.getSQLState(), attempt);
            }
        }
    }

    private List<String> foreignTables(String role) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (Connection connection =
                        journey.stack().database().dataSource("tocsin").getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select format('%I.%I', schemaname, tablename), schemaname from pg_tables"
                                + " where schemaname in ('download_tracker', 'notification_dispatcher', 'webhook_sender')")) {
            while (rows.next()) {
                if (!rows.getString(2).equals(role)) {
                    tables.add(rows.getString(1));
                }
            }
        }
        return tables;
    }

    /** By topic, of all that are there, those that a service may know of. */
    private Map<String, Set<AclOperation>> wanted(String service) {
        Map<String, Set<AclOperation>> wanted = new TreeMap<>();
        Map<?, ?> access = access(service);
        topics().forEach(topic -> {
            Set<AclOperation> operations = new TreeSet<>();
            if (list(access, "reads").contains(topic)) {
                operations.add(AclOperation.READ);
            }
            if (list(access, "writes").contains(topic)) {
                operations.add(AclOperation.WRITE);
            }
            if (list(access, "owns").stream().anyMatch(beginning -> topic.startsWith(String.valueOf(beginning)))) {
                operations.addAll(Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE));
            }
            if (!operations.isEmpty()) {
                operations.add(AclOperation.DESCRIBE);
                wanted.put(topic, Set.copyOf(operations));
            }
        });
        return wanted;
    }

    private static Map<?, ?> access(String service) {
        try {
            Map<String, List<Map<?, ?>>> file =
                    new Yaml().load(Files.readString(Home.find().path().resolve("deploy/access.yaml")));
            return file.getOrDefault("services", List.of()).stream()
                    .filter(each -> service.equals(each.get("name")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<?> list(Map<?, ?> access, String key) {
        return access.get(key) instanceof List<?> list ? list : List.of();
    }

    /** Those of Kafka Streams too; not the broker's own. */
    private Set<String> topics() {
        try (Admin admin = Admin.create(settings(privilege.operatorSettings()))) {
            return admin.listTopics().names().get(LIMIT_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(topic -> !topic.startsWith("__"))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Map<String, Object> settings(Map<String, String> access) {
        Map<String, Object> settings = new HashMap<>(access);
        settings.put("bootstrap.servers", journey.stack().addresses().broker());
        settings.put("enable.metrics.push", false);
        return settings;
    }

    private Producer<byte[], byte[]> producer(Map<String, String> access) {
        return new KafkaProducer<>(settings(access), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(Producer<byte[], byte[]> producer, String topic) throws Exception {
        producer.send(new ProducerRecord<>(topic, new byte[] {1}, new byte[] {1}))
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
}
