package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What tests read in records. */
final class DeliveryRecords {

    private DeliveryRecords() {}

    /** The last of that name, as text. */
    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
