package tocsin.dispatcher.incident;

import tocsin.schemas.avro.Severity;

/** Which severity is above which. One that nobody rated ranks as medium, the word that the payload has for it. */
public final class SeverityRank {

    private SeverityRank() {}

    public static int of(Severity severity) {
        return switch (severity) {
            case LOW -> 1;
            case MEDIUM, UNKNOWN -> 2;
            case HIGH -> 3;
            case CRITICAL -> 4;
        };
    }

    /** Whether somebody rates it more severe than it was told. What nobody rated says nothing of that. */
    public static boolean isRaised(Severity told, Severity now) {
        return now != Severity.UNKNOWN && of(now) > of(told);
    }

    /** The higher rating; that of the other where one is none. */
    public static Severity higher(Severity one, Severity other) {
        if (one == Severity.UNKNOWN || other == Severity.UNKNOWN) {
            return one == Severity.UNKNOWN ? other : one;
        }
        return of(other) > of(one) ? other : one;
    }
}
