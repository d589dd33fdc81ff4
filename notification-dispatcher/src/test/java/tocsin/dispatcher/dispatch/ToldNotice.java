package tocsin.dispatcher.dispatch;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One notification of {@link ToldModel}. */
final class ToldNotice {

    /** How a destination's part of it stands. */
    enum Stands {
        HELD,
        PENDING,
        DELIVERED,
        FAILED,
        SUPPRESSED
    }

    /** What is told at one destination, and how that stands. */
    private record Part(String told, Stands stands) {
        @Override
        public String toString() {
            return switch (stands) {
                case HELD -> "held";
                case SUPPRESSED -> "suppressed";
                case PENDING, DELIVERED, FAILED -> told;
            };
        }
    }

    final String kind;
    ToldIncident incident;
    /** Whether its mail tells all that its webhook does. */
    boolean mailed;

    private final Map<String, Part> parts = new TreeMap<>();
    /** By destination, the one that takes back what is told there. */
    private final Map<String, ToldNotice> corrections = new HashMap<>();

    ToldNotice(String kind, ToldIncident incident) {
        this.kind = kind;
        this.incident = incident;
    }

    void tell(String destination, String told, Stands how) {
        parts.put(destination, new Part(told, how));
    }

    void becomes(String destination, Stands how) {
        tell(destination, told(destination), how);
    }

    String told(String destination) {
        return part(destination).orElseThrow().told();
    }

    boolean is(String destination, Stands how) {
        return part(destination).filter(it -> it.stands() == how).isPresent();
    }

    private Optional<Part> part(String destination) {
        return Optional.ofNullable(parts.get(destination));
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    boolean isWithdrawal() {
        return kind.equals("withdrawn");
    }

    Optional<ToldNotice> correction(String destination) {
        return Optional.ofNullable(corrections.get(destination));
    }

    void isTakenBackBy(ToldNotice correction) {
        parts.keySet().stream().filter(this::counts).forEach(it -> isTakenBackBy(correction, it));
    }

    void isTakenBackBy(ToldNotice correction, String destination) {
        corrections.put(destination, correction);
    }

    void isLetGo(String destination) {
        corrections.remove(destination);
    }

    /** Whether something was asked for there that is to be corrected yet. */
    boolean counts(String destination) {
        return !isWithdrawal()
                && parts.containsKey(destination)
                && !is(destination, Stands.SUPPRESSED)
                && correction(destination)
                        .filter(it -> !it.is(destination, Stands.FAILED))
                        .isEmpty();
    }

    @Override
    public String toString() {
        return kind
                + parts.entrySet().stream()
                        .map(it -> " " + it.getKey() + " " + it.getValue())
                        .collect(Collectors.joining());
    }
}
