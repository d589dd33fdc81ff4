package tocsin.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.DownloadRecorded;

/**
 * The matcher's state in PostgreSQL, as somebody who knows how would keep it: the same topic, the same decoding, batches by binary COPY to a
 * staging table and from there with {@code on conflict do nothing}, so that repeats are harmless; one index, the primary key, which answers
 * who fetched which versions of a package, newest first. The offset is committed once the rows are. As many threads as the matcher has.
 */
final class StatePostgresMain {

    static final String GROUP = "bench-state-postgres";

    private static final byte[] BINARY_COPY = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final int COLUMNS = 11;

    private StatePostgresMain() {}

    /** @param arguments bootstrap servers, JDBC URL, user name, password, number of threads */
    public static void main(String... arguments) throws SQLException {
        try (Connection connection = DriverManager.getConnection(arguments[1], arguments[2], arguments[3]);
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    create table download (
                        origin_registry text not null, package text not null, version text not null, audience text not null,
                        fetched_at bigint not null, event_id text not null, received_at bigint not null,
                        principal_type text not null, principal_id text not null, principal_name text, repository text,
                        primary key (origin_registry, package, version, audience, fetched_at, event_id))
                    """);
        }
        for (int i = 0; i < Integer.parseInt(arguments[4]); i++) {
            Thread.ofPlatform().start(() -> store(arguments[0], arguments[1], arguments[2], arguments[3]));
        }
    }

    private static void store(String bootstrapServers, String url, String user, String password) {
        MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement();
                Consumer<byte[], byte[]> consumer = RecordedConsumerFactory.of(bootstrapServers, GROUP)) {
            connection.setAutoCommit(false);
            statement.execute("create temp table stage (like download) on commit delete rows");
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            while (!Thread.currentThread().isInterrupted()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                if (records.isEmpty()) {
                    continue;
                }
                copy.copyIn(
                        "copy stage from stdin with (format binary)",
                        new ByteArrayInputStream(rows(records, codec)),
                        64 * 1024);
                statement.execute("insert into download select * from stage on conflict do nothing");
                connection.commit();
                consumer.commitSync();
            }
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("PostgreSQL does not do as it is asked", e);
        }
    }

    private static byte[] rows(ConsumerRecords<byte[], byte[]> records, MessageCodec<DownloadRecorded> codec)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(records.count() * 200);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(BINARY_COPY);
            out.writeLong(0);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                DownloadRecorded download = codec.decode(record.value());
                out.writeShort(COLUMNS);
                text(download.getOriginRegistry().orElse(""), out);
                text(download.getEcosystem() + ":" + download.getPackageName(), out);
                text(download.getVersion(), out);
                text(download.getAudience(), out);
                number(download.getFetchedAt().toEpochMilli(), out);
                text(download.getEventId(), out);
                number(download.getReceivedAt().toEpochMilli(), out);
                text(download.getPrincipal().getType().name(), out);
                text(download.getPrincipal().getId(), out);
                text(download.getPrincipal().getName().orElse(null), out);
                text(download.getPrincipal().getRepository().orElse(null), out);
            }
            out.writeShort(-1);
        }
        return bytes.toByteArray();
    }

    private static void text(@Nullable String text, DataOutputStream out) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static void number(long number, DataOutputStream out) throws IOException {
        out.writeInt(Long.BYTES);
        out.writeLong(number);
    }
}
