package tocsin.service.outbox;

import io.micronaut.context.annotation.Requires;
import io.micronaut.transaction.TransactionOperations;
import io.micronaut.transaction.TransactionStatus;
import io.micronaut.transaction.support.TransactionSynchronization;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import tocsin.service.tracing.Tracing;

/**
 * Sends records if and only if the transaction that adds them commits. They leave in the order of their ids: two transactions that write of the
 * same key must lock a row in common before they add, such as the key's own, else the ids do not follow the commits. (An advisory lock is not enough: it gives a
 * transaction no number, by which the relay knows who may still have drawn a low id.) Needs
 * {@code tocsin.outbox.enabled: true}. Safe for use by many threads.
 */
@Singleton
@Requires(property = "tocsin.outbox.enabled", value = "true")
public final class Outbox {

    private final TransactionOperations<Connection> transactions;
    private final OutboxRepository repository = new OutboxRepository();
    private final OutboxSignal signal;
    private final OutboxBacklog backlog;

    Outbox(TransactionOperations<Connection> transactions, OutboxSignal signal, OutboxBacklog backlog) {
        this.transactions = transactions;
        this.signal = signal;
        this.backlog = backlog;
    }

    /**
     * Adds to the caller's {@code @Transactional} transaction, in this order; the relay wakes when that commits.
     *
     * @throws IllegalStateException outside a transaction
     */
    public void add(List<OutboxRecord> records) {
        TransactionStatus<?> transaction = transactions
                .findTransactionStatus()
                .orElseThrow(() -> new IllegalStateException("records are added to the outbox within a transaction"));
        try {
            add(transactions.getConnection(), records);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot write to the outbox", e);
        }
        transaction.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wake();
            }
        });
    }

    /** As {@link #add(List)} for one. */
    public void add(OutboxRecord record) {
        add(List.of(record));
    }

    /**
     * Adds within a transaction that the caller keeps himself; he calls {@link #wake()} after the commit, else the records wait for up to a second.
     *
     * @throws IllegalStateException if the connection commits each statement by itself
     */
    public void add(Connection connection, List<OutboxRecord> records) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException("records are added to the outbox within a transaction");
        }
        repository.insert(
                connection,
                Tracing.current()
                        .map(cause -> records.stream()
                                .map(record -> record.causedBy(cause))
                                .toList())
                        .orElse(records));
    }

    /** As {@link #add(Connection, List)} for one. */
    public void add(Connection connection, OutboxRecord record) throws SQLException {
        add(connection, List.of(record));
    }

    /**
     * Whether what was added some seconds ago still waits for the broker; known a few seconds late. Who has records that may as well wait elsewhere keeps them there meanwhile:
     * what is in the outbox is out of sight, and nobody is taken out of it any more.
     */
    public boolean isBehind() {
        return backlog.isBehind();
    }

    /** Makes the relay look at once. Costs nothing when there is nothing. */
    public void wake() {
        signal.raise();
    }
}
