package tocsin.sender.deliverylog;

import java.time.Instant;
import java.util.Optional;

/**
 * One thing that happened to a delivery, as it is written.
 *
 * @param attempts made so far
 * @param reason for people; empty where nothing went wrong
 * @param settlement its end; empty if this was none
 * @param attempt the attempt to tell of; empty if it was about something else
 * @param request the record's value, to be kept if today has not got it yet
 * @param round how often somebody has asked for it again; 0 for what was requested first
 */
@SuppressWarnings("ArrayRecordComponent") // bytes go through as they are; nobody compares these
public record LogEntry(
        LoggedDelivery delivery,
        DeliveryState state,
        int attempts,
        Optional<String> reason,
        Instant at,
        Optional<Settlement> settlement,
        Optional<LoggedAttempt> attempt,
        byte[] request,
        int round) {

    /** An attempt that failed and will be followed by another. */
    public static LogEntry retrying(LoggedDelivery delivery, LoggedAttempt attempt, byte[] request) {
        return new LogEntry(
                delivery,
                DeliveryState.RETRYING,
                attempt.number(),
                attempt.reason(),
                attempt.startedAt(),
                Optional.empty(),
                Optional.of(attempt),
                request,
                0);
    }

    /** It waits for something else than the ladder. */
    public static LogEntry parked(LoggedDelivery delivery, String reason, Instant at, byte[] request) {
        return new LogEntry(
                delivery,
                DeliveryState.PARKED,
                0,
                Optional.of(reason),
                at,
                Optional.empty(),
                Optional.empty(),
                request,
                0);
    }

    /** An attempt that failed, and the next is further away than the ladder reaches. */
    public static LogEntry parkedAfter(LoggedDelivery delivery, LoggedAttempt attempt, String reason, byte[] request) {
        return new LogEntry(
                delivery,
                DeliveryState.PARKED,
                attempt.number(),
                Optional.of(reason),
                attempt.startedAt(),
                Optional.empty(),
                Optional.of(attempt),
                request,
                0);
    }

    /** The attempt that ended it, and its end. */
    public static LogEntry settled(
            LoggedDelivery delivery, LoggedAttempt attempt, Settlement settlement, byte[] request) {
        return of(delivery, settlement, attempt.startedAt(), Optional.of(attempt), request);
    }

    /** The end, where no attempt is to be told of. What has been settled before stays as it was and is said again. */
    public static LogEntry settled(LoggedDelivery delivery, Settlement settlement, byte[] request) {
        return of(delivery, settlement, settlement.settledAt(), Optional.empty(), request);
    }

    private static LogEntry of(
            LoggedDelivery delivery,
            Settlement settlement,
            Instant at,
            Optional<LoggedAttempt> attempt,
            byte[] request) {
        return new LogEntry(
                delivery,
                settlement.delivered() ? DeliveryState.DELIVERED : DeliveryState.FAILED,
                settlement.attempts(),
                settlement.reason(),
                at,
                Optional.of(settlement),
                attempt,
                request,
                0);
    }

    /** The same, of what somebody asked for. */
    public LogEntry in(Optional<Round> asked) {
        return new LogEntry(
                delivery,
                state,
                attempts,
                reason,
                at,
                settlement,
                attempt,
                request,
                asked.map(Round::number).orElse(0));
    }

    LogEntry withoutAnswer() {
        return new LogEntry(
                delivery,
                state,
                attempts,
                reason,
                at,
                settlement,
                attempt.map(LoggedAttempt::withoutAnswer),
                request,
                round);
    }

    @Override
    public String toString() {
        return "LogEntry[" + delivery.webhookId() + " to " + delivery.endpointId() + ", " + state + "]";
    }
}
