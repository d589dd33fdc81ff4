package tocsin.dispatcher.incident;

import java.util.List;

/** An OSV range: its borders in the order of the record. */
public record AffectedRange(List<Border> borders) {

    /** @param kind {@code introduced}, {@code fixed}, {@code last_affected} or {@code limit} */
    public record Border(String kind, String version) {}

    public AffectedRange {
        borders = List.copyOf(borders);
    }
}
