package tocsin.sender.replay;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tocsin.sender.deliverylog.DeliveryState;

/**
 * A range of deliveries that is sent again.
 *
 * @param range which of them
 * @param perSecond at most
 * @param reason why it ended early, or waits; empty otherwise
 * @param total how many there were when it was asked for
 * @param progress how far it is
 */
record Replay(
        String id,
        Range range,
        int perSecond,
        State state,
        Optional<String> reason,
        long total,
        Progress progress,
        Instant createdAt,
        Optional<Instant> finishedAt) {

    enum State {
        RUNNING,
        DONE,
        CANCELLED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Deliveries to one endpoint that have ended so and were first heard of within that time.
     *
     * @param until not included
     * @param states how they stand when it is their turn
     * @param type empty: all but test messages
     */
    record Range(
            String orgId,
            String endpointId,
            Instant since,
            Instant until,
            List<DeliveryState> states,
            Optional<String> type) {

        Range {
            states = List.copyOf(states);
        }
    }

    /**
     * @param erased those in whose payload somebody has been erased: they are not sent
     * @param notKept those whose payload is no longer kept
     * @param underWay those that somebody had asked for already
     */
    record Progress(long sent, long erased, long notKept, long underWay) {

        static final Progress NONE = new Progress(0, 0, 0, 0);

        Progress plus(Progress more) {
            return new Progress(
                    sent + more.sent, erased + more.erased, notKept + more.notKept, underWay + more.underWay);
        }

        long looked() {
            return sent + erased + notKept + underWay;
        }
    }

    /** What a replay of a range would send now. */
    record Count(long total, long erased, long notKept) {}
}
