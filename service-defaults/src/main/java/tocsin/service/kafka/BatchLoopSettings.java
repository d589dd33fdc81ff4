package tocsin.service.kafka;

import java.time.Duration;
import java.util.List;

/**
 * @param groupId without prefix; names the thread, the client and the readiness as well
 * @param topics without prefix
 * @param maxRecords in one batch, at most; 500
 * @param firstBackoff the pause after a first failure, doubled with each more; 200 ms
 * @param maxBackoff the longest pause; 10 s
 * @param longestBatch one that takes longer is given to another member as well; 5 min
 * @param closeGrace how long the running batch may take on at a close; 20 s
 */
public record BatchLoopSettings(
        String groupId,
        List<String> topics,
        int maxRecords,
        Duration firstBackoff,
        Duration maxBackoff,
        Duration longestBatch,
        Duration closeGrace) {

    public BatchLoopSettings {
        topics = List.copyOf(topics);
        if (topics.isEmpty()
                || maxRecords < 1
                || !firstBackoff.isPositive()
                || maxBackoff.compareTo(firstBackoff) < 0) {
            throw new IllegalArgumentException("a loop needs topics, room for a record and a back-off: " + groupId);
        }
    }

    public static BatchLoopSettings of(String groupId, String... topics) {
        return new BatchLoopSettings(
                groupId,
                List.of(topics),
                500,
                Duration.ofMillis(200),
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ofSeconds(20));
    }

    public BatchLoopSettings withMaxRecords(int records) {
        return new BatchLoopSettings(groupId, topics, records, firstBackoff, maxBackoff, longestBatch, closeGrace);
    }

    public BatchLoopSettings withBackoff(Duration first, Duration max) {
        return new BatchLoopSettings(groupId, topics, maxRecords, first, max, longestBatch, closeGrace);
    }

    public BatchLoopSettings withCloseGrace(Duration grace) {
        return new BatchLoopSettings(groupId, topics, maxRecords, firstBackoff, maxBackoff, longestBatch, grace);
    }

    /** @param failure 1 for the first in a row */
    Duration backoff(int failure) {
        // 2^20 times the least wait is beyond any sensible maximum.
        Duration wait = firstBackoff.multipliedBy(1L << Math.min(failure - 1, 20));
        return wait.compareTo(maxBackoff) < 0 ? wait : maxBackoff;
    }
}
