package tocsin.sender.database;

/** A statement failed. Whether the database is at fault or the statement decides who has to wait. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean outage;

    DatabaseException(Exception cause, boolean outage) {
        super("the database failed", cause);
        this.outage = outage;
    }

    /** Whether every other statement would fail now, too. */
    public boolean isOutage() {
        return outage;
    }

    /** As {@link #isOutage()}; no other failure is one. */
    public static boolean saysOutage(RuntimeException failure) {
        return failure instanceof DatabaseException broken && broken.isOutage();
    }
}
