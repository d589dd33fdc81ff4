package tocsin.matcher.bucket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.FeedPosition;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;
import tocsin.service.kafka.KafkaClients;

/**
 * Lets one instance fetch: the one to which the group gives the only partition of {@code feed.position}, once it has read there how far the one
 * before it came. Without buckets it does nothing.
 */
final class BucketRelay implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(BucketRelay.class);
    private static final String GROUP = "advisory-matcher-buckets";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration BETWEEN_CONSUMERS = Duration.ofSeconds(1);
    private static final Duration ASK = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final List<Bucket> buckets;
    private final BucketPublisher publisher;
    private final BucketClient client;
    private final Function<Bucket, BucketPoller> pollers;
    private final MessageCodec<FeedPosition> codec = MessageCodec.of(FeedPosition.class);
    private final List<BucketPoller> running = new CopyOnWriteArrayList<>();
    private final WorkerThread thread;

    /** @param pollers makes one that is not started; another one for each term of leading */
    BucketRelay(
            KafkaClients clients,
            List<Bucket> buckets,
            BucketPublisher publisher,
            BucketClient client,
            Function<Bucket, BucketPoller> pollers) {
        this.clients = clients;
        this.buckets = List.copyOf(buckets);
        this.publisher = publisher;
        this.client = client;
        this.pollers = pollers;
        this.thread = new WorkerThread("buckets", this::run);
    }

    @Override
    public void start() {
        if (!buckets.isEmpty()) {
            thread.start();
        }
    }

    private void run() throws InterruptedException {
        while (!thread.isStopping()) {
            try (Consumer<byte[], byte[]> consumer = clients.consumer(GROUP, GROUP, Map.of())) {
                follow(consumer);
            } catch (KafkaException e) {
                LOG.atWarn().setCause(e).log("buckets.interrupted");
                thread.pause(BETWEEN_CONSUMERS);
            } finally {
                resign();
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        Term term = new Term(consumer);
        consumer.subscribe(List.of(clients.topic(Topics.FEED_POSITION.name())), term);
        while (!thread.isStopping()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                // What is written by now is our own.
                if (running.isEmpty() && record.value() != null) {
                    learn(record);
                }
            }
            term.beginOnceRead();
        }
    }

    private void learn(ConsumerRecord<byte[], byte[]> record) {
        try {
            publisher.learn(codec.decode(record.value()));
        } catch (UndecodableMessageException _) {
            LOG.atWarn().addKeyValue("offset", record.offset()).log("feed.position-unreadable");
        }
    }

    private void resign() {
        List<BucketPoller> ending = new ArrayList<>(running);
        running.clear();
        ending.forEach(BucketPoller::close);
        if (!ending.isEmpty()) {
            LOG.atInfo().log("buckets.resigned");
        }
    }

    /** From a partition's assignment to its end. */
    private final class Term implements ConsumerRebalanceListener {

        private final Consumer<byte[], byte[]> consumer;

        /** Where partitions ended when they were given to us; empty: none is ours, or we lead already. */
        private final Map<TopicPartition, Long> unread = new HashMap<>();

        Term(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                publisher.forgetAll();
                consumer.seekToBeginning(partitions);
                unread.putAll(consumer.endOffsets(partitions, ASK));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                unread.clear();
                resign();
            }
        }

        /** The position, not the last record: compaction leaves gaps. */
        void beginOnceRead() {
            if (unread.isEmpty()
                    || unread.entrySet().stream()
                            .anyMatch(end -> consumer.position(end.getKey(), ASK) < end.getValue())) {
                return;
            }
            unread.clear();
            LOG.atInfo().addKeyValue("buckets", buckets.size()).log("buckets.lead");
            buckets.forEach(bucket -> {
                BucketPoller poller = pollers.apply(bucket);
                running.add(poller);
                poller.start();
            });
        }
    }

    @Override
    public Optional<String> whyDead() {
        return thread.whyDead()
                .or(() -> running.stream()
                        .flatMap(poller -> poller.whyDead().stream())
                        .findFirst());
    }

    @Override
    public void close() {
        thread.close();
        client.close();
        publisher.close();
    }
}
