package tocsin.testsupport;

/** One way to run a server: in this JVM, as a child process or in a container. Used by one thread at a time. */
interface RunningServer {

    /** Starts, or starts again on the same data and port. Returns when it serves. */
    void start();

    /** Stops in an orderly way and keeps the data. */
    void stop();

    /** The port on 127.0.0.1; the same for the whole life. */
    int port();

    /** Releases what {@link #stop()} keeps for a next start, beside the data directory. */
    void discard();
}
