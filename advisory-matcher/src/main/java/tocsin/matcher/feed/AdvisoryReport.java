package tocsin.matcher.feed;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of an advisory. Public for the framework, which makes JSON of it. Names nobody who was found.
 *
 * @param statements one for each feed and package, and one for each feed whose last revision was refused
 */
public record AdvisoryReport(String id, List<Statement> statements) {

    public AdvisoryReport {
        statements = List.copyOf(statements);
    }

    /**
     * What one feed says of one package.
     *
     * @param packageKey as {@code npm:event-stream}; null: the whole record
     * @param state {@code accepted}, {@code held} or {@code refused}, also by a person who rejected it; where something stood before, that goes on
     *     to be {@code accepted}
     * @param reason why it was refused
     * @param revision its {@code modified}, in ISO 8601
     * @param takesBack whether it is withdrawn or does not name the package any more
     * @param decidedAt in ISO 8601
     * @param scan of the stored downloads; null where nothing is looked for
     */
    public record Statement(
            String feed,
            @Nullable @JsonProperty("package") String packageKey,
            String state,
            @Nullable String reason,
            String revision,
            @JsonProperty("takes_back") boolean takesBack,
            @JsonProperty("decided_at") String decidedAt,
            @Nullable Scan scan) {}

    /**
     * How far the scan of the stored downloads is.
     *
     * @param partitions how many there are
     * @param partitionsDone how many have looked at all that they have
     * @param audiences found so far
     * @param done whether all have
     * @param foundAt when the last word came from a partition that found somebody, in ISO 8601; null: nobody was found yet
     * @param byPartition those that are not done, and those that found somebody
     */
    public record Scan(
            int partitions,
            @JsonProperty("partitions_done") int partitionsDone,
            long audiences,
            boolean done,
            @Nullable @JsonProperty("found_at") String foundAt,
            @JsonProperty("by_partition") List<Partition> byPartition) {

        public Scan {
            byPartition = List.copyOf(byPartition);
        }
    }

    /** @param state {@code waiting}, {@code running} or {@code done} */
    public record Partition(int partition, String state, long audiences) {}
}
