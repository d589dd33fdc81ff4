package tocsin.matcher.topology;

import java.util.function.Consumer;
import tocsin.schemas.avro.AdvisoryAccepted;

/** What was ever accepted, for an intake that remembers nothing. */
@FunctionalInterface
public interface AcceptedAdvisories {

    /** There are none. */
    AcceptedAdvisories NONE = (partition, each) -> {};

    /**
     * Gives each that is there now, of one package the last one last. May take as long as reading a topic to its end does.
     *
     * @param partition only those whose revisions are decided in this partition of the intake
     */
    void read(int partition, Consumer<AdvisoryAccepted> each);
}
