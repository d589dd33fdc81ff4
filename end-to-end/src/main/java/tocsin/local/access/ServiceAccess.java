package tocsin.local.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a service may do, in names without prefix.
 *
 * @param groups beginnings of names of groups
 * @param owns beginnings of names of topics that it reads, writes and clears of what it has read
 */
record ServiceAccess(String service, List<String> groups, List<String> reads, List<String> writes, List<String> owns) {

    private static final String TOPIC = "TOPIC";
    private static final String GROUP = "GROUP";
    private static final String LITERAL = "LITERAL";
    private static final String PREFIXED = "PREFIXED";

    ServiceAccess {
        groups = List.copyOf(groups);
        reads = List.copyOf(reads);
        writes = List.copyOf(writes);
        owns = List.copyOf(owns);
    }

    /**
     * In the order of the file.
     *
     * @param principal as the cluster knows the service
     * @param prefix stands before every name
     */
    Set<Grant> grants(String principal, String prefix) {
        Set<Grant> grants = new LinkedHashSet<>();
        reads.forEach(topic -> add(grants, principal, TOPIC, LITERAL, prefix + topic, "READ"));
        writes.forEach(topic -> add(grants, principal, TOPIC, LITERAL, prefix + topic, "WRITE"));
        owns.forEach(topic -> add(grants, principal, TOPIC, PREFIXED, prefix + topic, "READ", "WRITE", "DELETE"));
        groups.forEach(group -> add(grants, principal, GROUP, PREFIXED, prefix + group, "READ"));
        return grants;
    }

    private static void add(
            Set<Grant> grants, String principal, String resource, String pattern, String name, String... operations) {
        grants.add(Grant.allow(principal, "DESCRIBE", resource, pattern, name));
        for (String operation : operations) {
            grants.add(Grant.allow(principal, operation, resource, pattern, name));
        }
    }
}
