package tocsin.tracker.history;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.schemas.ErasureSubject;
import tocsin.tracker.identity.Principal;
import tocsin.tracker.identity.PrincipalMessage;

/** Somebody's personal data has to go, as far as it came from before a time. */
record Erasure(String id, Instant requestedAt, ErasureSubject subject) {

    private static final int LONGEST_ID = 64;

    /** @throws IllegalArgumentException if the id is not one that goes into paths and logs. */
    Erasure {
        if (id.length() > LONGEST_ID || !id.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException(
                    "erasure_id must have 1 to " + LONGEST_ID + " letters, digits, '_' or '-'");
        }
    }

    /** For people and metrics: it names nobody. */
    String kind() {
        return switch (subject) {
            case ErasureSubject.OfOrganisation _ -> "principal";
            case ErasureSubject.OfToken _ -> "token";
            case ErasureSubject.OfEmail _ -> "email";
        };
    }

    /** @return the row as all of them let it be kept; empty if nothing of it may */
    static Optional<HistoryRow> applied(List<Erasure> standing, HistoryRow row) {
        Optional<HistoryRow> left = Optional.of(row);
        for (Erasure erasure : standing) {
            left = left.flatMap(erasure::applied);
        }
        return left;
    }

    /** @return the row as it may be kept; empty if nothing of it may */
    Optional<HistoryRow> applied(HistoryRow row) {
        if ((row.fetchedAt().isAfter(requestedAt) && row.receivedAt().isAfter(requestedAt))
                || !subject.covers(row.audience().text(), PrincipalMessage.write(row.principal()))) {
            return Optional.of(row);
        }
        return switch (subject) {
            case ErasureSubject.OfToken _ -> Optional.empty();
            case ErasureSubject.OfOrganisation _, ErasureSubject.OfEmail _ ->
                Optional.of(new HistoryRow(
                        row.eventId(),
                        row.fetchedAt(),
                        row.receivedAt(),
                        row.audience(),
                        row.packageKey(),
                        row.version(),
                        row.source(),
                        row.originRegistry(),
                        new Principal(
                                row.principal().kind(),
                                ErasureSubject.ERASED_ID,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())));
        };
    }
}
