package tocsin.dispatcher.incident;

import java.util.Set;

/**
 * What an audience was told of an incident.
 *
 * @param told those of the asked downloads that it was told of
 * @param toldBefore whether it was told of any download at all
 * @param current false if a newer revision is known by which nothing is affected any more
 */
public record Memory(Set<String> told, boolean toldBefore, boolean current) {
    public Memory {
        told = Set.copyOf(told);
    }
}
