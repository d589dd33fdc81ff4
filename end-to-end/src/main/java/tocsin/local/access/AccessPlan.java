package tocsin.local.access;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What lies between what a cluster allows the services and what they need.
 *
 * @param missing what they need and may not, in the order of the file
 * @param strange what they may, or are forbidden, and the file does not say
 * @param wider of that what reaches beyond the prefix as well, and may be what others live by: to be seen, and not to be taken away here
 */
record AccessPlan(List<Grant> missing, List<Grant> strange, List<Grant> wider) {

    AccessPlan {
        missing = List.copyOf(missing);
        strange = List.copyOf(strange);
        wider = List.copyOf(wider);
    }

    /**
     * @param found of the services' principals only
     * @param topicPrefix what stands before all names: the same principals may have rights elsewhere, which are none of this deployment's affair
     */
    static AccessPlan of(Set<Grant> wanted, Set<Grant> found, String topicPrefix) {
        List<Grant> missing = new ArrayList<>(wanted);
        missing.removeAll(found);
        List<Grant> strange = found.stream()
                .filter(grant -> !wanted.contains(grant))
                .sorted(Comparator.comparing(Grant::toString))
                .toList();
        return new AccessPlan(
                missing,
                strange.stream()
                        .filter(grant -> grant.name().startsWith(topicPrefix))
                        .toList(),
                strange.stream()
                        .filter(grant -> !grant.name().startsWith(topicPrefix) && reaches(grant, topicPrefix))
                        .toList());
    }

    private static boolean reaches(Grant grant, String topicPrefix) {
        return grant.name().equals("*") || (grant.pattern().equals("PREFIXED") && topicPrefix.startsWith(grant.name()));
    }

    boolean isEmpty() {
        return missing.isEmpty() && strange.isEmpty();
    }
}
