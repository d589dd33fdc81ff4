package tocsin.engine;

import static tocsin.engine.EngineHeaders.ATTEMPT;
import static tocsin.engine.EngineHeaders.DEFERRED;
import static tocsin.engine.EngineHeaders.FIRST_ATTEMPT_AT;
import static tocsin.engine.EngineHeaders.LAST_ERROR;
import static tocsin.engine.EngineHeaders.NOT_BEFORE;
import static tocsin.engine.EngineHeaders.ORIGIN_OFFSET;
import static tocsin.engine.EngineHeaders.ORIGIN_PARTITION;
import static tocsin.engine.EngineHeaders.ORIGIN_TOPIC;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tocsin.engine.Progress.Origin;

/** The engine's headers as text: {@link Progress} to and from them. All others pass unchanged and in order. */
final class RetryHeaders {

    private static final Set<String> OWN = Set.of(
            ATTEMPT, NOT_BEFORE, FIRST_ATTEMPT_AT, LAST_ERROR, DEFERRED, ORIGIN_TOPIC, ORIGIN_PARTITION, ORIGIN_OFFSET);

    /** Reasons can quote a receiver; headers count against the record's size limit. */
    private static final int LONGEST_ERROR = 300;

    private static final int LONGEST_NUMBER = 19;

    private RetryHeaders() {}

    /** What is missing or malformed counts as absent: a record without our headers is at its first attempt. */
    static Progress read(List<MessageHeader> headers, Origin here) {
        return new Progress(
                Math.clamp(number(headers, ATTEMPT).orElse(1L), 1, Integer.MAX_VALUE - 1),
                number(headers, NOT_BEFORE).map(Instant::ofEpochMilli).orElse(Instant.EPOCH),
                number(headers, FIRST_ATTEMPT_AT).map(Instant::ofEpochMilli),
                last(headers, LAST_ERROR),
                last(headers, DEFERRED).flatMap(Deferral::of),
                origin(headers).orElse(here));
    }

    static List<MessageHeader> write(List<MessageHeader> headers, Progress progress) {
        var written = new ArrayList<MessageHeader>(headers.size() + OWN.size());
        headers.stream().filter(it -> !OWN.contains(it.name())).forEach(written::add);
        written.add(MessageHeader.of(ATTEMPT, Integer.toString(progress.attempt())));
        if (!progress.notBefore().equals(Instant.EPOCH)) {
            written.add(millis(NOT_BEFORE, progress.notBefore()));
        }
        progress.firstAttemptAt().ifPresent(it -> written.add(millis(FIRST_ATTEMPT_AT, it)));
        progress.lastError().ifPresent(it -> written.add(MessageHeader.of(LAST_ERROR, shortened(it))));
        progress.deferred().ifPresent(it -> written.add(MessageHeader.of(DEFERRED, it.headerValue())));
        Origin origin = progress.origin();
        written.add(MessageHeader.of(ORIGIN_TOPIC, origin.topic()));
        written.add(MessageHeader.of(ORIGIN_PARTITION, Integer.toString(origin.partition())));
        written.add(MessageHeader.of(ORIGIN_OFFSET, Long.toString(origin.offset())));
        return written;
    }

    static Optional<String> last(List<MessageHeader> headers, String name) {
        return headers.reversed().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .map(MessageHeader::text);
    }

    private static Optional<Origin> origin(List<MessageHeader> headers) {
        return last(headers, ORIGIN_TOPIC)
                .flatMap(topic -> number(headers, ORIGIN_PARTITION)
                        .flatMap(partition -> number(headers, ORIGIN_OFFSET)
                                .map(offset -> new Origin(topic, partition.intValue(), offset))));
    }

    private static Optional<Long> number(List<MessageHeader> headers, String name) {
        Function<String, Optional<Long>> parsed = text -> {
            try {
                return Optional.of(Long.parseLong(text));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        };
        return last(headers, name)
                .filter(text -> text.length() <= LONGEST_NUMBER)
                .flatMap(parsed);
    }

    private static MessageHeader millis(String name, Instant at) {
        return MessageHeader.of(name, Long.toString(at.toEpochMilli()));
    }

    private static String shortened(String error) {
        return error.length() <= LONGEST_ERROR ? error : error.substring(0, LONGEST_ERROR);
    }
}
