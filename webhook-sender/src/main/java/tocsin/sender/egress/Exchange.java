package tocsin.sender.egress;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One running POST: where it may connect to, and how far it has come. Written by its own thread, read by who waits. */
final class Exchange {

    /** The one that the current thread makes, for the parts of the HTTP client that it calls. */
    static final ScopedValue<Exchange> CURRENT = ScopedValue.newInstance();

    /** What is going on, worded to follow "while". */
    enum Phase {
        LOOKUP("looking up the host name"),
        CONNECTION("waiting for a free connection"),
        CONNECT("connecting"),
        HANDSHAKE("shaking hands (TLS)"),
        ANSWER("waiting for the answer"),
        BODY("reading the body of the answer");

        private final String words;

        Phase(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    private final List<InetAddress> vetted;
    private final Duration lookup;
    /** By phase, the nanoseconds at which it was last entered. */
    private final Map<Phase, Long> entered = new ConcurrentHashMap<>();

    private volatile Phase phase = Phase.CONNECTION;
    private int hints;
    private volatile Optional<String> address = Optional.empty();
    private volatile Optional<String> tlsVersion = Optional.empty();
    private volatile Optional<TunnelFailure> tunnelFailure = Optional.empty();

    Exchange(List<InetAddress> vetted, Duration lookup) {
        this.vetted = List.copyOf(vetted);
        this.lookup = lookup;
    }

    List<InetAddress> vetted() {
        return vetted;
    }

    Phase phase() {
        return phase;
    }

    /** By its own thread. @return how many 1xx have come by now */
    int hinted() {
        return ++hints;
    }

    void enters(Phase next) {
        entered.put(next, System.nanoTime());
        phase = next;
    }

    void isConnectedTo(String remote) {
        address = Optional.of(remote);
    }

    /** Of the address that was tried last; empty: none, so far. */
    void tunnelFailed(Optional<TunnelFailure> failure) {
        tunnelFailure = failure;
    }

    Optional<TunnelFailure> tunnelFailure() {
        return tunnelFailure;
    }

    void speaks(String tls) {
        tlsVersion = Optional.of(tls);
    }

    /** As far as it has come. */
    Trace trace(Duration total) {
        return new Trace(
                Optional.of(lookup),
                between(Phase.CONNECT, Phase.HANDSHAKE),
                between(Phase.HANDSHAKE, Phase.ANSWER),
                between(Phase.ANSWER, Phase.BODY),
                total,
                address,
                tlsVersion);
    }

    private Optional<Duration> between(Phase from, Phase to) {
        Long start = entered.get(from);
        Long end = entered.get(to);
        return start == null || end == null ? Optional.empty() : Optional.of(Duration.ofNanos(end - start));
    }
}
