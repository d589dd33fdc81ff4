package tocsin.service.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.transaction.TransactionDefinition;
import io.micronaut.transaction.TransactionOperations;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.service.sample.SampleService;
import tocsin.service.tracing.TraceParent;
import tocsin.service.tracing.Tracing;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.PostgresServer;

class OutboxTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration SOME_LOOKS = Duration.ofSeconds(2);
    private static final KafkaBroker BROKER = KafkaBroker.start();
    private static final PostgresServer POSTGRES = PostgresServer.start();
    private static final SampleService SERVICE = SampleService.start(settings());
    private static int topics;

    private String topic = "";

    private static Map<String, Object> settings() {
        return new HashMap<>(Map.of(
                "kafka.bootstrap-servers", BROKER.bootstrapServers(),
                "datasources.default.url", POSTGRES.jdbcUrl(),
                "datasources.default.username", POSTGRES.username(),
                "datasources.default.password", POSTGRES.password(),
                "tocsin.database.schema", "sample",
                "tocsin.outbox.enabled", true));
    }

    @AfterAll
    static void stop() {
        SERVICE.close();
        POSTGRES.close();
        BROKER.close();
    }

    @BeforeEach
    void createTopic() {
        topic = "outbox-" + ++topics;
        BROKER.createTopic(topic, 2);
    }

    private static Outbox outbox() {
        return SERVICE.bean(Outbox.class);
    }

    @SuppressWarnings("unchecked")
    private static TransactionOperations<Connection> transactions() {
        return SERVICE.bean(TransactionOperations.class);
    }

    private OutboxRecord record(String key, String value) {
        return new OutboxRecord(
                topic, key.getBytes(UTF_8), value.getBytes(UTF_8), Map.of("message-id", new byte[] {1, 2}));
    }

    private void commit(OutboxRecord... records) {
        transactions().executeWrite(status -> {
            outbox().add(List.of(records));
            return true;
        });
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private List<String> values(int atLeast) {
        return BROKER.awaitRecords(topic, atLeast, LONG).stream()
                .map(record -> text(record.value()))
                .toList();
    }

    private static long waiting() throws SQLException {
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement query = connection.createStatement();
                ResultSet result = query.executeQuery("select count(*) from sample.outbox")) {
            result.next();
            return result.getLong(1);
        }
    }

    private static void awaitEmpty() {
        Awaitility.await().atMost(LONG).until(() -> waiting() == 0);
    }

    @Test
    void sendsWhatIsCommittedOnceAndWhole() {
        // When
        commit(record("k", "a"), new OutboxRecord(topic, "k".getBytes(UTF_8), null));
        // Then
        List<ConsumerRecord<byte[], byte[]>> sent = BROKER.awaitRecords(topic, 2, LONG);
        awaitEmpty();
        assertEquals(2, BROKER.readAll(topic).size());
        assertEquals("k", text(sent.getFirst().key()));
        assertEquals("a", text(sent.getFirst().value()));
        assertArrayEquals(
                new byte[] {1, 2},
                sent.getFirst().headers().lastHeader("message-id").value());
        assertEquals(null, sent.get(1).value());
    }

    @Test
    void sendsNothingOfWhatIsRolledBack() {
        // Given a transaction that fails after it added
        assertThrows(
                IllegalStateException.class,
                () -> transactions().execute(TransactionDefinition.DEFAULT, status -> {
                    outbox().add(record("k", "never"));
                    throw new IllegalStateException("rolled back");
                }));
        // When the relay has carried what was committed later
        commit(record("k", "later"));
        // Then
        assertEquals(List.of("later"), values(1));
        awaitEmpty();
        assertEquals(List.of("later"), values(1));
    }

    @Test
    void refusesToAddOutsideATransaction() throws SQLException {
        assertThrows(IllegalStateException.class, () -> outbox().add(record("k", "a")));
        try (Connection connection = POSTGRES.dataSource().getConnection()) {
            assertThrows(IllegalStateException.class, () -> outbox().add(connection, record("k", "a")));
        }
    }

    @Test
    void takesAConnectionThatTheCallerKeeps() throws SQLException {
        try (Connection connection = POSTGRES.dataSource().getConnection()) {
            connection.setSchema("sample");
            connection.setAutoCommit(false);
            outbox().add(connection, record("k", "by hand"));
            connection.commit();
        }
        outbox().wake();
        assertEquals(List.of("by hand"), values(1));
    }

    /** Its ids are lower than those that went meanwhile. */
    @Test
    void sendsSoonWhatALongTransactionHeldBack() throws SQLException {
        try (Connection slow = POSTGRES.dataSource().getConnection()) {
            // Given
            slow.setSchema("sample");
            slow.setAutoCommit(false);
            outbox().add(slow, record("slow", "held back"));

            // When others come and go for some of the relay's looks at transactions
            long begun = System.nanoTime();
            Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> {
                commit(record("k", "other"));
                return System.nanoTime() - begun > SOME_LOOKS.toNanos();
            });
            awaitEmpty();
            slow.commit();
        }

        // Then: not only once a minute, when everything is looked at
        outbox().wake();
        Awaitility.await().atMost(SOON).until(() -> values(1).contains("held back"));
    }

    @Test
    void keepsTheOrderOfAKeyOverABrokerThatWasAway() {
        // Given records that are committed while the broker is away
        commit(record("k", "0"));
        values(1);
        BROKER.stop();
        IntStream.rangeClosed(1, 20).forEach(i -> commit(record("k", Integer.toString(i))));
        // When
        BROKER.restart();
        // Then all arrive; a repeat may follow a failure, and yet the first sight of each and the last word are in
        // order
        Awaitility.await()
                .atMost(LONG)
                .until(() -> BROKER.readAll(topic).stream()
                                .map(record -> text(record.value()))
                                .distinct()
                                .count()
                        == 21);
        awaitEmpty();
        List<String> values = BROKER.readAll(topic).stream()
                .map(record -> text(record.value()))
                .toList();
        assertEquals(
                IntStream.rangeClosed(0, 20).mapToObj(Integer::toString).toList(),
                values.stream().distinct().toList());
        assertEquals("20", values.getLast());
    }

    @Test
    void goesOnAfterADatabaseThatWasAway() {
        commit(record("k", "before"));
        values(1);
        POSTGRES.restart();
        Awaitility.await().atMost(LONG).ignoreExceptions().until(() -> {
            commit(record("k", "after"));
            return true;
        });
        assertTrue(values(2).contains("after"));
    }

    @Test
    void namesTheStepInWhichItWasAddedAsItsCause() {
        // Given
        TraceParent cause = new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        // When
        SERVICE.bean(Tracing.class)
                .run("sample.step", Optional.of(cause), () -> commit(record("k", "traced"), record("k", "too")));

        // Then
        BROKER.awaitRecords(topic, 2, LONG)
                .forEach(record -> assertArrayEquals(
                        cause.bytes(),
                        record.headers().lastHeader(TraceParent.HEADER).value()));
    }

    @Test
    void isWorthMoreThanItsTrace() {
        // Given
        TraceParent cause = new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        OutboxRecord large = new OutboxRecord(topic, null, new byte[OutboxRecord.MAX_BYTES]);
        OutboxRecord traced = record("k", "a").causedBy(cause);

        // Then
        assertSame(large, large.causedBy(cause));
        assertSame(traced, traced.causedBy(cause));
    }

    @Test
    void refusesARecordThatNoBrokerTakes() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new OutboxRecord(topic, null, new byte[OutboxRecord.MAX_BYTES + 1]));
    }

    @Test
    void showsHowLongWaitsWhatIsRefused() {
        // Given
        String missing = "missing-" + topic;
        // When no broker takes it
        commit(new OutboxRecord(missing, null, new byte[] {1}));
        // Then
        Awaitility.await().atMost(LONG).until(() -> shown("tocsin_outbox_oldest_seconds") > 2);
        assertEquals(1, shown("tocsin_outbox_pending"));
        Awaitility.await().atMost(LONG).until(() -> outbox().isBehind());
        // And once one does
        BROKER.createTopic(missing, 1);
        Awaitility.await().atMost(LONG).until(() -> shown("tocsin_outbox_pending") == 0);
        assertFalse(outbox().isBehind());
    }

    /** At most {@code limit}, and none once there are {@code enough} bytes of values: 3, 4 and none. */
    @ParameterizedTest
    @CsvSource({
        "10, 100, 3, true",
        "3, 100, 3, false",
        "2, 100, 2, false",
        "10, 8, 3, true",
        "10, 7, 2, false",
        "10, 4, 2, false",
        "10, 3, 1, false",
        "10, 1, 1, false"
    })
    void readsNoMoreThanFitsIntoMemory(int limit, long enough, int read, boolean isAll) throws SQLException {
        awaitEmpty();
        try (Connection connection = POSTGRES.dataSource().getConnection()) {
            // Given: seen by this transaction alone
            connection.setSchema("sample");
            connection.setAutoCommit(false);
            OutboxRepository repository = new OutboxRepository();
            List<OutboxRecord> records = List.of(
                    record("k", "abc"), record("k", "defg"), new OutboxRecord(topic, "k".getBytes(UTF_8), null));
            repository.insert(connection, records);

            // When
            OutboxRepository.Batch batch = repository.oldest(connection, 0, limit, enough);

            // Then
            assertEquals(read, batch.rows().size());
            assertEquals(isAll, batch.isAll());
            assertEquals(
                    records.subList(0, read).stream().map(OutboxTest::valueOf).toList(),
                    batch.rows().stream().map(row -> valueOf(row.record())).toList());
            connection.rollback();
            assertEquals(new OutboxRepository.Batch(List.of(), true), repository.oldest(connection, 0, limit, enough));
        }
    }

    private static String valueOf(OutboxRecord record) {
        return record.value() == null ? "none" : text(record.value());
    }

    private static double shown(String metric) {
        return SERVICE.get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
