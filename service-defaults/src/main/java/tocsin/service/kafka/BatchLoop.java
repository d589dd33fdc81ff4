package tocsin.service.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.health.ReadinessSource;

/**
 * Consumes topics as a member of a group, batch by batch, and commits a batch's offsets after its {@link BatchHandler} returned. With more than one
 * handler it is as many members, each with a thread and partitions of its own. Brokers may be away for any time, also at the start. A bean of this
 * type is started and closed with the service and counts for its readiness.
 */
public final class BatchLoop implements BackgroundWork, ReadinessSource {

    private static final Logger LOG = LoggerFactory.getLogger(BatchLoop.class);
    private static final int FAILURES_UNTIL_NOT_READY = 3;

    private final KafkaClients clients;
    private final BatchLoopSettings settings;
    private final List<Member> members = new ArrayList<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    public BatchLoop(KafkaClients clients, BatchLoopSettings settings, BatchHandler handler) {
        this(clients, settings, List.of(handler));
    }

    /** @param handlers one for each thread */
    public BatchLoop(KafkaClients clients, BatchLoopSettings settings, List<? extends BatchHandler> handlers) {
        if (handlers.isEmpty()) {
            throw new IllegalArgumentException("nobody handles what " + settings.groupId() + " reads");
        }
        this.clients = clients;
        this.settings = settings;
        for (BatchHandler handler : handlers) {
            members.add(new Member(members.size() + 1, handler));
        }
    }

    @Override
    public void start() {
        members.forEach(member -> member.thread.start());
    }

    /** One member of the group. */
    private final class Member {

        private final int number;
        private final BatchHandler handler;
        private final Thread thread;
        private final AtomicInteger failures = new AtomicInteger();

        /** @param number from 1 */
        Member(int number, BatchHandler handler) {
            this.number = number;
            this.handler = handler;
            this.thread = Thread.ofPlatform()
                    .name(KafkaClients.memberName(settings.groupId(), number))
                    .unstarted(this::run);
        }

        private void run() {
            while (!stopping.get()) {
                try (LeavingConsumer consumer = new LeavingConsumer(newConsumer(number))) {
                    new BatchRun(consumer.consumer(), clients, settings, handler, stopping::get, failures).run();
                } catch (InterruptException e) {
                    // close() has waited long enough for the batch; whoever gets the partitions next sees it again.
                    LOG.atInfo().addKeyValue("group", settings.groupId()).log("consumer.interrupted");
                } catch (RuntimeException e) {
                    // What the consumer could not cope with itself: refused credentials, a fatal protocol error. A new
                    // one starts at the commit.
                    int failure = failures.incrementAndGet();
                    LOG.atError()
                            .setCause(e)
                            .addKeyValue("group", settings.groupId())
                            .addKeyValue("failures", failure)
                            .log("consumer.failed");
                    pause(settings.backoff(failure));
                }
            }
        }

        private boolean hasRun() {
            return thread.getState() != Thread.State.NEW
                    && !Thread.currentThread().equals(thread);
        }

        private boolean isDead() {
            return thread.getState() == Thread.State.TERMINATED;
        }
    }

    private Consumer<byte[], byte[]> newConsumer(int number) {
        return clients.member(
                settings.groupId(),
                number,
                Map.of(
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        settings.maxRecords(),
                        ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG,
                        Math.toIntExact(settings.longestBatch().toMillis())));
    }

    private void pause(Duration wait) {
        long until = System.nanoTime() + wait.toNanos();
        while (!stopping.get() && System.nanoTime() - until < 0) {
            try {
                Thread.sleep(Duration.ofMillis(50));
            } catch (InterruptedException e) {
                // Only close() interrupts this thread, after it has set stopping.
                return;
            }
        }
    }

    /**
     * Takes no new batch; a running one may end within {@link BatchLoopSettings#closeGrace()} and is committed, else, or where the group is in a rebalance just
     * then, it comes again elsewhere.
     */
    @Override
    public void close() {
        stopping.set(true);
        List<Thread> running = members.stream()
                .filter(Member::hasRun)
                .map(member -> member.thread)
                .toList();
        try {
            if (!joined(running, settings.closeGrace())) {
                LOG.atWarn().addKeyValue("group", settings.groupId()).log("batch.abandoned");
                running.forEach(Thread::interrupt);
                joined(running, LeavingConsumer.LIMIT.plusSeconds(5));
            }
        } catch (InterruptedException e) {
            running.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }

    /** @return whether all ended in time */
    private static boolean joined(List<Thread> threads, Duration limit) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        boolean all = true;
        for (Thread thread : threads) {
            all &= thread.join(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
        }
        return all;
    }

    @Override
    public Optional<String> whyDead() {
        return stopping.get()
                ? Optional.empty()
                : members.stream()
                        .filter(Member::isDead)
                        .findFirst()
                        .map(member -> "the thread of " + member.thread.getName() + " died");
    }

    @Override
    public String readinessName() {
        return settings.groupId();
    }

    /** All members run, and the last batches of none failed in a row. */
    @Override
    public Optional<String> whyNotReady() {
        if (!members.stream().allMatch(member -> member.thread.isAlive())) {
            return Optional.of("not running");
        }
        int inARow =
                members.stream().mapToInt(member -> member.failures.get()).max().orElseThrow();
        return inARow < FAILURES_UNTIL_NOT_READY
                ? Optional.empty()
                : Optional.of("failed " + inARow + " times in a row");
    }
}
