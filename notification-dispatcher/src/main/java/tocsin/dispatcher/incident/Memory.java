package tocsin.dispatcher.incident;

import java.util.Optional;
import java.util.Set;
import tocsin.schemas.avro.Severity;

/**
 * What an audience was told of an incident: nothing any more, once it was told that the incident is withdrawn.
 *
 * @param told those of the asked downloads that it was told of
 * @param versions all versions that it was told of, those included of which a notice only said that there is more
 * @param severity the highest that it was told; empty if it was told of no download at all
 * @param current false if a newer revision is known by which nothing is affected any more
 */
public record Memory(Set<String> told, Set<String> versions, Optional<Severity> severity, boolean current) {

    public Memory {
        told = Set.copyOf(told);
        versions = Set.copyOf(versions);
    }

    /** Whether it was told of any download. */
    public boolean toldBefore() {
        return severity.isPresent();
    }
}
