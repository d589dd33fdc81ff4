package tocsin.tracker.history;

import tocsin.service.BackgroundWork;
import tocsin.service.kafka.BatchHandler;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;

/**
 * Feeds the history. A loop like the recorder's, and yet no part of the service's readiness or liveness: an alarm does not stop ringing because its
 * diary is full. While the database is away the loop keeps its place in the group and takes nothing.
 */
final class HistoryConsumer implements BackgroundWork {

    private final BatchLoop loop;

    HistoryConsumer(KafkaClients clients, BatchLoopSettings settings, BatchHandler handler, HistoryMetrics metrics) {
        loop = new BatchLoop(clients, settings, handler);
        metrics.showWorker(settings.groupId(), () -> loop.whyDead().isEmpty());
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void close() {
        loop.close();
    }
}
