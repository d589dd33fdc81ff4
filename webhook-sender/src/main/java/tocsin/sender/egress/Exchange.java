package tocsin.sender.egress;

import java.net.InetAddress;
import java.util.List;

/** One running POST: where it may connect to, and how far it has come. Written by its own thread, read by who waits. */
final class Exchange {

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
    private volatile Phase phase = Phase.CONNECTION;

    Exchange(List<InetAddress> vetted) {
        this.vetted = List.copyOf(vetted);
    }

    List<InetAddress> vetted() {
        return vetted;
    }

    Phase phase() {
        return phase;
    }

    void enters(Phase next) {
        phase = next;
    }
}
