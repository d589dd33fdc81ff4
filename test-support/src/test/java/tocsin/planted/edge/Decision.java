package tocsin.planted.edge;

import java.sql.Connection;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Decides, and yet knows a database. */
final class Decision {

    boolean connection(Connection connection) {
        return connection.toString().isEmpty();
    }

    static final class Inner {
        boolean record(ProducerRecord<String, String> record) {
            return record.topic().isEmpty();
        }
    }
}
