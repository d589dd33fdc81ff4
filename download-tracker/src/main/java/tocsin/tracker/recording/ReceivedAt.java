package tocsin.tracker.recording;

import java.time.Instant;

/** When Tocsin first received a record. */
final class ReceivedAt {

    private ReceivedAt() {}

    /**
     * The time that the record has carried since it was written, so that it is the same when the record is processed again after a crash or a
     * replay. A producer's clock that is ahead of ours cannot put it into the future.
     *
     * @param recordTimestamp milliseconds since the epoch; negative for none
     */
    static Instant of(long recordTimestamp, Instant now) {
        return recordTimestamp < 0 || recordTimestamp > now.toEpochMilli()
                ? now
                : Instant.ofEpochMilli(recordTimestamp);
    }
}
