package tocsin.engine;

/** What an engine is doing, for readiness. */
public enum EngineState {
    NEW,
    RUNNING,
    /**
     * Alive, but waiting for something that is down: the handler's world, a topic that takes no record, or a consumer
     * that fails. A broker that is away shows here only once a record must be written or a consumer be replaced.
     */
    WAITING,
    CLOSED,
    /** A poll thread has died of an error that it could not survive; only a restart of the process helps, so its host ends its liveness. */
    FAILED
}
