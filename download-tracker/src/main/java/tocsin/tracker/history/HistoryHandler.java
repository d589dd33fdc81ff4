package tocsin.tracker.history;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.Quarantine;

/** {@code download.recorded} to the table {@code download}. A batch that the database does not take comes again. */
final class HistoryHandler implements BatchHandler {

    private final HistoryRepository repository;
    private final Quarantine quarantine;
    private final HistoryMetrics metrics;
    private final MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);

    HistoryHandler(HistoryRepository repository, Quarantine quarantine, HistoryMetrics metrics) {
        this.repository = repository;
        this.quarantine = quarantine;
        this.metrics = metrics;
    }

    private record Good(ConsumerRecord<byte[], byte[]> record, HistoryRow row) {}

    @Override
    public void handle(List<ConsumerRecord<byte[], byte[]>> batch) throws SQLException {
        List<Good> good = new ArrayList<>(batch.size());
        for (ConsumerRecord<byte[], byte[]> record : batch) {
            try {
                good.add(new Good(record, HistoryRow.of(decode(record.value()))));
            } catch (UndecodableMessageException | IllegalArgumentException e) {
                quarantine(record, String.valueOf(e.getMessage()));
            }
        }
        store(good);
    }

    private DownloadRecorded decode(byte @Nullable [] value) throws UndecodableMessageException {
        if (value == null) {
            throw new IllegalArgumentException("no value");
        }
        return codec.decode(value);
    }

    private void store(List<Good> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try {
            metrics.stored(repository.store(rows.stream().map(Good::row).toList()), rows.size());
        } catch (SQLException e) {
            metrics.failed();
            if (!isFaultOfARow(e)) {
                throw e;
            }
            if (rows.size() == 1) {
                quarantine(rows.getFirst().record(), "the database refuses it: SQLState " + e.getSQLState());
                return;
            }
            // Which one it is, only trying tells; its neighbours must not wait for it for ever.
            store(rows.subList(0, rows.size() / 2));
            store(rows.subList(rows.size() / 2, rows.size()));
        }
    }

    /** SQLState class 22, data exception, and 54, program limit exceeded (appendix A of PostgreSQL's manual). */
    private static boolean isFaultOfARow(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("54"));
    }

    private void quarantine(ConsumerRecord<byte[], byte[]> record, String reason) {
        quarantine.put(record, "history: " + reason);
        metrics.refused();
    }
}
