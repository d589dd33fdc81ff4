package tocsin.tracker.intake;

import java.util.Optional;
import org.apache.avro.Schema;

/** The schemas that producers say they write with, by the number that Confluent's framing gives them. */
@FunctionalInterface
public interface WriterSchemas {

    /** Where there is no registry. */
    WriterSchemas NONE = _ -> Optional.empty();

    /**
     * @return empty if there is no such schema, or none that is Avro
     * @throws RegistryUnavailableException if nobody can tell now, or it was not asked for; the message has to wait
     */
    Optional<Schema> find(int id);

    /** Whether {@link #find} may be of use now; false while it would say without a question that nobody can tell. */
    default boolean mayTell(int id) {
        return true;
    }
}
