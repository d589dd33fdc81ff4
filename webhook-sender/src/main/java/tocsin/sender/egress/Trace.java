package tocsin.sender.egress;

import java.time.Duration;
import java.util.Optional;

/**
 * How long the parts of one POST took, and where it went. What it did not come to is empty, and so is what a connection that was
 * used before saved.
 *
 * @param lookup until the addresses of the host were known
 * @param connect until one of them had answered, those before it that did not included
 * @param handshake TLS
 * @param firstByte from the request until the head of the answer was there
 * @param total from the start of the look-up until all was over
 * @param address that it was connected to
 * @param tlsVersion such as {@code TLSv1.3}
 */
public record Trace(
        Optional<Duration> lookup,
        Optional<Duration> connect,
        Optional<Duration> handshake,
        Optional<Duration> firstByte,
        Duration total,
        Optional<String> address,
        Optional<String> tlsVersion) {

    /** Of what ended before there was a connection to ask for. */
    static Trace ofLookup(Optional<Duration> lookup, Duration total) {
        return new Trace(
                lookup,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                total,
                Optional.empty(),
                Optional.empty());
    }
}
