package tocsin.engine;

/** What an engine is doing, for readiness. */
public enum EngineState {
    NEW,
    RUNNING,
    /** Alive and keeping its partitions, but waiting for something that is down: the handler's world, or the broker. */
    WAITING,
    CLOSED,
    /** A poll thread has died of an error that it could not survive; only a restart of the process helps. */
    FAILED
}
