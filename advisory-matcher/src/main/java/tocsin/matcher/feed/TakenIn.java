package tocsin.matcher.feed;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The answer to a batch of advisories. Public for the framework, which makes JSON of it.
 *
 * @param accepted how many are on their way
 * @param refusedCount how many are not
 * @param refused the first of these, at most 100
 */
public record TakenIn(
        int accepted, @JsonProperty("refused_count") int refusedCount, List<RefusedRecord> refused) {

    static final int MAX_REFUSED = 100;

    public TakenIn {
        refused = List.copyOf(refused);
    }

    /**
     * @param index in the batch, from 0; in NDJSON empty lines do not count
     * @param reason for people
     */
    public record RefusedRecord(int index, String reason) {}

    static TakenIn of(AdvisoryBatch batch) {
        return new TakenIn(
                batch.taken().size(),
                batch.refused().size(),
                batch.refused().stream()
                        .limit(MAX_REFUSED)
                        .map(refused -> new RefusedRecord(refused.index(), refused.reason()))
                        .toList());
    }
}
