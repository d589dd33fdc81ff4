package tocsin.local.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What lies between what a cluster allows the services and what they need.
 *
 * @param missing what they need and may not, in the order of the file
 * @param strange what they may, or are forbidden, and the file does not say
 */
record AccessPlan(List<Grant> missing, List<Grant> strange) {

    AccessPlan {
        missing = List.copyOf(missing);
        strange = List.copyOf(strange);
    }

    /**
     * @param found of the services' principals only
     * @param topicPrefix what stands before all names: the same principals may have rights elsewhere, which are none of this deployment's affair
     */
    static AccessPlan of(Set<Grant> wanted, Set<Grant> found, String topicPrefix) {
        List<Grant> missing = new ArrayList<>(wanted);
        missing.removeAll(found);
        List<Grant> strange = new ArrayList<>(found);
        strange.removeAll(wanted);
        strange.removeIf(grant -> !grant.name().startsWith(topicPrefix));
        strange.sort((a, b) -> a.toString().compareTo(b.toString()));
        return new AccessPlan(missing, strange);
    }

    boolean isEmpty() {
        return missing.isEmpty() && strange.isEmpty();
    }
}
