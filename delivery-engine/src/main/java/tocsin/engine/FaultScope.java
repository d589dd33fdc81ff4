package tocsin.engine;

/** Whom an exception of the handler concerns. */
public enum FaultScope {
    /** This delivery only: it is tried again while the others go on. */
    DELIVERY,
    /** Something that all deliveries need, such as the database: all wait until one of them gets through again. */
    SERVICE
}
