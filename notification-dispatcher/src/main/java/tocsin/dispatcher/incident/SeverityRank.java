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

    public static Severity higher(Severity one, Severity other) {
        return of(other) > of(one) ? other : one;
    }
}
