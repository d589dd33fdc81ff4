package tocsin.sender.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import tocsin.sender.deliverylog.LoggedAttempt;
import tocsin.sender.deliverylog.LoggedHeader;
import tocsin.sender.deliverylog.Trigger;
import tocsin.sender.deliverylog.Wire;
import tocsin.sender.egress.EgressRequest;
import tocsin.sender.egress.EgressResult;
import tocsin.sender.egress.Trace;
import tocsin.sender.endpoint.EndpointHeaders;

/** What the delivery log is to keep of an attempt. */
final class AttemptLog {

    private static final String REDACTED = EndpointHeaders.REDACTED;

    private AttemptLog() {}

    /**
     * @param secretHeaders names of those whose values are nobody's to read
     * @param keyIds of the secrets that signed
     * @param result without what nobody is to read in it
     */
    static LoggedAttempt of(
            DeliveryOutcome outcome,
            int number,
            Trigger trigger,
            Instant startedAt,
            EgressRequest request,
            Set<String> secretHeaders,
            List<String> keyIds,
            EgressResult result) {
        return new LoggedAttempt(
                number,
                Optional.of(trigger),
                startedAt,
                result.took(),
                status(outcome),
                errorClass(outcome),
                reason(outcome),
                wire(sent(request.headers(), secretHeaders), keyIds, result),
                Optional.empty());
    }

    private static Optional<Integer> status(DeliveryOutcome outcome) {
        return switch (outcome) {
            case DeliveryOutcome.Delivered(int status) -> Optional.of(status);
            case DeliveryOutcome.Failed failed -> failed.status();
            case DeliveryOutcome.Gone gone -> Optional.of(gone.status());
        };
    }

    private static Optional<String> errorClass(DeliveryOutcome outcome) {
        return switch (outcome) {
            case DeliveryOutcome.Delivered _ -> Optional.empty();
            case DeliveryOutcome.Failed failed -> Optional.of(failed.errorClass());
            case DeliveryOutcome.Gone _ -> Optional.of(ErrorWords.STATUS);
        };
    }

    private static Optional<String> reason(DeliveryOutcome outcome) {
        return switch (outcome) {
            case DeliveryOutcome.Delivered _ -> Optional.empty();
            case DeliveryOutcome.Failed failed -> Optional.of(failed.reason());
            case DeliveryOutcome.Gone gone -> Optional.of(gone.reason());
        };
    }

    private static Wire wire(List<LoggedHeader> sent, List<String> keyIds, EgressResult result) {
        Trace trace = result.trace();
        return switch (result) {
            case EgressResult.Answered answered ->
                wire(
                        trace,
                        keyIds,
                        sent,
                        answered.headers().stream().map(AttemptLog::answered).toList(),
                        Optional.of(answered.body()),
                        answered.bodyCut());
            case EgressResult.Broken _ -> wire(trace, keyIds, sent, List.of(), Optional.empty(), false);
        };
    }

    private static Wire wire(
            Trace trace,
            List<String> keyIds,
            List<LoggedHeader> sent,
            List<LoggedHeader> answered,
            Optional<String> body,
            boolean bodyCut) {
        return new Wire(
                trace.lookup(),
                trace.connect(),
                trace.handshake(),
                trace.firstByte(),
                trace.address(),
                trace.tlsVersion(),
                keyIds,
                sent,
                answered,
                body,
                bodyCut);
    }

    private static List<LoggedHeader> sent(SequencedMap<String, String> headers, Set<String> secretHeaders) {
        return headers.entrySet().stream()
                .map(header -> new LoggedHeader(
                        header.getKey(), secretHeaders.contains(header.getKey()) ? REDACTED : header.getValue()))
                .toList();
    }

    private static LoggedHeader answered(EgressResult.AnswerHeader header) {
        return new LoggedHeader(header.name(), header.value());
    }
}
