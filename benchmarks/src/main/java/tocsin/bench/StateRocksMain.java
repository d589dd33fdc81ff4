package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;

/**
 * What cannot be left out: reads the topic, decodes, and puts each download into RocksDB once, under the key by which the matcher keeps it, with
 * Kafka Streams' own settings and the matcher's compression. No index, no changelog, no advisory is looked for, and nobody waits for anything. As many
 * threads as the matcher has, each with a database of its own.
 */
final class StateRocksMain {

    static final String GROUP = "bench-state-rocksdb";

    private StateRocksMain() {}

    /** @param arguments bootstrap servers, folder, number of threads */
    public static void main(String... arguments) {
        RocksDB.loadLibrary();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            Path folder = Path.of(arguments[1]).resolve(Integer.toString(i));
            Thread.ofPlatform().start(() -> store(arguments[0], folder));
        }
    }

    private static void store(String bootstrapServers, Path folder) {
        MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);
        MessageCodec<Principal> principals = MessageCodec.of(Principal.class);
        try (Options options = new Options()
                        .setCreateIfMissing(true)
                        .setCompactionStyle(CompactionStyle.UNIVERSAL)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setWriteBufferSize(16L * 1024 * 1024)
                        .setMaxWriteBufferNumber(3)
                        .setIncreaseParallelism(2)
                        .setTableFormatConfig(new BlockBasedTableConfig().setBlockSize(16L * 1024));
                WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
                RocksDB store = RocksDB.open(options, folder.toString());
                Consumer<byte[], byte[]> consumer = RecordedConsumerFactory.of(bootstrapServers, GROUP)) {
            while (!Thread.currentThread().isInterrupted()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    DownloadRecorded download = codec.decode(record.value());
                    store.put(unlogged, key(download), value(download, principals));
                }
                if (!records.isEmpty()) {
                    consumer.commitAsync();
                }
            }
        } catch (RocksDBException e) {
            throw new IllegalStateException("RocksDB does not do as it is asked", e);
        }
    }

    private static byte[] key(DownloadRecorded download) {
        byte[] group = String.join(
                        "\0",
                        download.getOriginRegistry().orElse(""),
                        download.getEcosystem() + ":" + download.getPackageName(),
                        download.getVersion(),
                        download.getAudience(),
                        "")
                .getBytes(UTF_8);
        byte[] eventId = download.getEventId().getBytes(UTF_8);
        return ByteBuffer.allocate(group.length + Long.BYTES + eventId.length)
                .put(group)
                .putLong(Long.MAX_VALUE - download.getFetchedAt().toEpochMilli())
                .put(eventId)
                .array();
    }

    private static byte[] value(DownloadRecorded download, MessageCodec<Principal> principals) {
        byte[] principal = principals.encode(download.getPrincipal());
        return ByteBuffer.allocate(Long.BYTES + principal.length)
                .putLong(download.getReceivedAt().toEpochMilli())
                .put(principal)
                .array();
    }
}
