package tocsin.tracker.recording;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Audience;
import tocsin.service.kafka.CommitOutcome;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.identity.TokenRegistration;
import tocsin.tracker.recording.OutcomePublisher.Decided;
import tocsin.tracker.recording.RecordingMetrics.Tallies;
import tocsin.tracker.recording.RecordingOutcome.Quarantined;
import tocsin.tracker.recording.RecordingOutcome.Waiting;
import tocsin.tracker.recording.WaitingRoom.Guest;

/** One Kafka consumer's life with what it holds. All of it, the rebalance callbacks too, runs in one thread. */
final class WaitingConsumer implements ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingConsumer.class);
    /** Also how soon a registration is noticed. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final Consumer<byte[], byte[]> consumer;
    private final WaitingRelay.Parts parts;
    private final TopicTable<TokenRegistration> tokens;
    private final Clock clock;
    private final WaitingRoom<ConsumerRecord<byte[], byte[]>> room;
    private final Map<Integer, Long> committed = new HashMap<>();

    WaitingConsumer(Consumer<byte[], byte[]> consumer, WaitingRelay.Parts parts) {
        this.consumer = consumer;
        this.parts = parts;
        this.tokens = parts.tokens();
        this.clock = parts.clock();
        this.room = new WaitingRoom<>(
                parts.configuration().maxRecords(), parts.configuration().maxBytes());
    }

    /** Returns when it should stop. What it throws ends this consumer: the next one goes on at the commit. */
    void run(BooleanSupplier stopping, Runnable worked) throws InterruptedException {
        consumer.subscribe(List.of(parts.waitingTopic()), this);
        while (!stopping.getAsBoolean()) {
            pauseWhatIsFull();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                admit(record);
            }
            parts.held().set(room.size());
            // A token that is not read yet would look unknown.
            if (tokens.isLoaded()) {
                settle();
            }
            commit();
            worked.run();
        }
    }

    /** Decided anew before each poll, and never remembered: shares change with every rebalance. */
    private void pauseWhatIsFull() {
        List<Integer> assigned = new ArrayList<>();
        consumer.assignment().forEach(place -> assigned.add(place.partition()));
        consumer.resume(consumer.paused());
        consumer.pause(room.full(assigned).stream().map(this::place).toList());
    }

    private void admit(ConsumerRecord<byte[], byte[]> record) {
        room.admit(new Guest<>(
                record.partition(),
                record.offset(),
                ParkedRecordFactory.observed(record, parts.observedTopic()),
                Instant.ofEpochMilli(record.timestamp())
                        .plus(parts.configuration().limit()),
                ParkedRecordFactory.bytes(record),
                Optional.empty()));
    }

    private boolean mayHaveCome(Awaited awaited) {
        return switch (awaited) {
            case Awaited.Registration(Audience.Token token, Optional<TokenRegistration> known) ->
                !tokens.find(token.tokenId()).equals(known);
            case Awaited.Schema(int id) -> parts.schemas().mayTell(id);
        };
    }

    /** Lets go of all that can be decided now or whose time is up. */
    private void settle() throws InterruptedException {
        Instant now = clock.instant();
        List<Guest<ConsumerRecord<byte[], byte[]>>> ready =
                room.which(guest -> guest.awaited().map(this::mayHaveCome).orElse(true));
        if (!ready.isEmpty()) {
            if (!parts.freshness().isFresh()) {
                LOG.atWarn().addKeyValue("ready", ready.size()).log("waiting.tokens-behind");
                return;
            }
            settle(ready, false);
        }
        List<Guest<ConsumerRecord<byte[], byte[]>>> due =
                room.which(guest -> !guest.until().isAfter(now));
        if (due.isEmpty()) {
            return;
        }
        // Only who has read what was registered until now may say that it was not in time.
        if (tokens.awaitCaughtUp(CATCH_UP)) {
            settle(due, true);
        } else {
            LOG.atWarn().addKeyValue("due", due.size()).log("waiting.tokens-behind");
        }
    }

    private void settle(List<Guest<ConsumerRecord<byte[], byte[]>>> guests, boolean timeIsUp)
            throws InterruptedException {
        List<Guest<ConsumerRecord<byte[], byte[]>>> leaving = new ArrayList<>();
        List<Decided> decided = new ArrayList<>();
        Tallies tallies = new Tallies();
        for (Guest<ConsumerRecord<byte[], byte[]>> guest : guests) {
            Decided decision = parts.handler().on(guest.parked());
            if (decision.outcome() instanceof Waiting waiting) {
                if (!timeIsUp) {
                    room.admit(guest.waitingFor(waiting.awaited()));
                    continue;
                }
                Awaited awaited = waiting.awaited();
                decision = new Decided(
                        guest.parked(), new Quarantined(waiting.source(), awaited.fault(), awaited.missing()));
            }
            leaving.add(guest);
            decided.add(decision);
            tallies.add(decision);
        }
        if (!decided.isEmpty()) {
            parts.publisher().publish(decided);
            leaving.forEach(room::leave);
            parts.metrics().waited(tallies);
        }
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> owed = new HashMap<>();
        room.resumption().forEach((partition, offset) -> {
            if (!offset.equals(committed.get(partition))) {
                owed.put(place(partition), new OffsetAndMetadata(offset));
            }
        });
        if (owed.isEmpty()) {
            return;
        }
        // What was refused comes again, to whoever has the partitions now.
        if (CommitOutcome.commit(consumer, owed, WaitingRelay.GROUP) == CommitOutcome.DONE) {
            owed.forEach((place, offset) -> committed.put(place.partition(), offset.offset()));
        }
    }

    private TopicPartition place(int partition) {
        return new TopicPartition(parts.waitingTopic(), partition);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("group", WaitingRelay.GROUP)
                    .addKeyValue("partitions", partitions.size())
                    .log("partitions.assigned");
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commit();
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        List<Integer> gone = partitions.stream().map(TopicPartition::partition).toList();
        room.forget(gone);
        committed.keySet().removeAll(gone);
    }
}
