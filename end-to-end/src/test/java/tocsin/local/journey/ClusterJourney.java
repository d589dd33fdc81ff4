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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import tocsin.local.api.Organisation;
import tocsin.local.running.Home;
import tocsin.local.stack.ServiceProcess;
import tocsin.schemas.Topics;

/**
 * As in production: a broker that speaks TLS and knows each service by its certificate, a database role for each, several instances of
 * every service that come, go and are replaced. {@code -Dtocsin.test.instances=3} makes it three of each, and
 * then {@code -Dtocsin.test.rounds=N} does it N times.
 */
abstract class ClusterJourney {

    private static final int INSTANCES = Integer.getInteger("tocsin.test.instances", 2);
    private static final int ROUNDS = INSTANCES > 2 ? Integer.getInteger("tocsin.test.rounds", 1) : 1;
    private static final long LIMIT_SECONDS = 20;
    private static final String NOT_ALLOWED = "42501";

    private final Journey journey;
    private final LeastPrivilege privilege;

    /** @param privilege the guard of the journey's stack */
    ClusterJourney(Journey journey, LeastPrivilege privilege) {
        this.journey = journey;
        this.privilege = privilege;
    }

    /** In the short form those that were there first leave, one after the other: each is replaced by another, and two become one. */
    @Test
    void losesNothingWhileServicesGrowAreReplacedAndShrink() {
        // Given
        Organisation organisation = journey.organisation("load-org");
        try (Load load = new Load(journey, organisation)) {
            for (int round = 0; round < ROUNDS; round++) {
                // When
                List<ServiceProcess> others = grow();
                load.awaitRung();
                if (INSTANCES > 2) {
                    Topics.SERVICES.forEach(service -> replace(journey.stack().service(service)));
                    load.awaitRung();
                    together(others, ClusterJourney::stop);
                } else {
                    Topics.SERVICES.forEach(service -> stop(journey.stack().service(service)));
                }
                load.awaitRung();
            }

            // Then
            load.assertNothingWasLost();
            journey.awaitMail(organisation.address(), "under-load-0");
        }
    }

    private List<ServiceProcess> grow() {
        List<ServiceProcess> others = new ArrayList<>();
        for (int more = 1; more < INSTANCES; more++) {
            Topics.SERVICES.forEach(service -> others.add(journey.stack().startAnother(service)));
            others.forEach(ServiceProcess::awaitReady);
        }
        return others;
    }

    private static void replace(ServiceProcess service) {
        stop(service);
        service.start();
        service.awaitReady();
    }

    private static void stop(ServiceProcess service) {
        assertTrue(service.stop(), () -> service.name() + " did not stop when asked to");
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

    private static <T> void together(List<T> all, Consumer<T> task) {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            all.stream()
                    .map(each -> CompletableFuture.runAsync(() -> task.accept(each), executor))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
    }
}
