package tocsin.sender.egress;

/** Why the forward proxy gave no tunnel. */
sealed interface TunnelFailure {

    /** It is not there, does not speak HTTP, or wants other credentials: whatever the receiver is like, nobody asked it. */
    record OfTheProxy(String why) implements TunnelFailure {}

    /** It answered something else than 2xx: it did not reach the receiver, or may not. */
    record OfTheReceiver(int status) implements TunnelFailure {}
}
