package tocsin.sender.deliverylog;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What went over the line in one attempt, so far as it is worth keeping. Headers and body are cut to what a row should hold.
 *
 * @param dns looking the host up; empty, like the other times, where it did not come to that or a connection was used again
 * @param keyIds of the secrets that signed
 * @param requestHeaders with secrets taken out by whoever sent them
 * @param responseBody its beginning; empty where there was none, and where it might tell of somebody who was erased
 * @param responseBodyCut whether there was more
 */
public record Wire(
        Optional<Duration> dns,
        Optional<Duration> connect,
        Optional<Duration> tls,
        Optional<Duration> firstByte,
        Optional<String> address,
        Optional<String> tlsVersion,
        List<String> keyIds,
        List<LoggedHeader> requestHeaders,
        List<LoggedHeader> responseHeaders,
        Optional<String> responseBody,
        boolean responseBodyCut) {

    static final int LONGEST_BODY = 4 * 1024;

    /** Of all headers of a message together: names and values. */
    static final int LONGEST_HEADERS = 16 * 1024;

    /** Of an attempt before the log kept such things. */
    static final Wire UNKNOWN = new Wire(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            false);

    public Wire {
        keyIds = List.copyOf(keyIds);
        requestHeaders = bounded(requestHeaders);
        responseHeaders = bounded(responseHeaders);
        responseBodyCut = responseBodyCut
                || responseBody.filter(body -> body.length() > LONGEST_BODY).isPresent();
        responseBody = responseBody.map(body -> SafeText.of(body, LONGEST_BODY)).filter(body -> !body.isEmpty());
    }

    private static List<LoggedHeader> bounded(List<LoggedHeader> headers) {
        int kept = 0;
        int length = 0;
        for (LoggedHeader header : headers) {
            length += header.name().length() + header.value().length();
            if (length > LONGEST_HEADERS) {
                break;
            }
            kept++;
        }
        return List.copyOf(headers.subList(0, kept));
    }

    /** Whether it repeats what the receiver said, who may have repeated what we said. */
    boolean hasAnswer() {
        return responseBody.isPresent() || !responseHeaders.isEmpty();
    }

    Wire withoutAnswer() {
        return new Wire(
                dns,
                connect,
                tls,
                firstByte,
                address,
                tlsVersion,
                keyIds,
                requestHeaders,
                List.of(),
                Optional.empty(),
                false);
    }

    @Override
    public String toString() {
        return "Wire[redacted]";
    }
}
