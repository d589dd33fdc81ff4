package tocsin.local.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.local.running.Complaint;

class AccessPlanTest {

    private static final ServiceAccess ACCESS = new ServiceAccess(
            "sender", List.of("sender"), List.of("asked", "both"), List.of("both", "told"), List.of("sender-"));

    @Test
    void grantsWhatTheFileSaysAndNoMore() {
        // When
        Set<Grant> grants = ACCESS.grants("User:CN=sender", "team.");

        // Then
        assertEquals(
                new TreeSet<>(Set.of(
                        "TOPIC LITERAL team.asked DESCRIBE",
                        "TOPIC LITERAL team.asked READ",
                        "TOPIC LITERAL team.both DESCRIBE",
                        "TOPIC LITERAL team.both READ",
                        "TOPIC LITERAL team.both WRITE",
                        "TOPIC LITERAL team.told DESCRIBE",
                        "TOPIC LITERAL team.told WRITE",
                        "TOPIC PREFIXED team.sender- DESCRIBE",
                        "TOPIC PREFIXED team.sender- READ",
                        "TOPIC PREFIXED team.sender- WRITE",
                        "TOPIC PREFIXED team.sender- DELETE",
                        "GROUP PREFIXED team.sender DESCRIBE",
                        "GROUP PREFIXED team.sender READ")),
                grants.stream()
                        .map(grant ->
                                grant.resource() + " " + grant.pattern() + " " + grant.name() + " " + grant.operation())
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertTrue(grants.stream().allMatch(grant -> grant.principal().equals("User:CN=sender")));
    }

    /** A drill beside production, with the same principals. */
    @Test
    void knowsNothingOfWhatHasAnotherPrefix() {
        // Given
        Set<Grant> wanted = ACCESS.grants("User:sender", "drill-");
        Set<Grant> found = new HashSet<>(ACCESS.grants("User:sender", ""));
        Grant strange = Grant.allow("User:sender", "READ", "TOPIC", "LITERAL", "drill-else");
        found.add(strange);
        Grant all = Grant.allow("User:sender", "READ", "TOPIC", "LITERAL", "*");
        Grant beginning = Grant.allow("User:sender", "READ", "TOPIC", "PREFIXED", "dr");
        found.addAll(List.of(all, beginning));

        // When
        AccessPlan plan = AccessPlan.of(wanted, found, "drill-");

        // Then
        assertEquals(List.of(strange), plan.strange());
        assertEquals(Set.of(all, beginning), Set.copyOf(plan.wider()));
        assertEquals(wanted, Set.copyOf(plan.missing()));
    }

    @Test
    void grantsWhatIsMissingAndLeavesWhatIsStrange() {
        // Given
        Set<Grant> wanted = ACCESS.grants("User:sender", "");
        Set<Grant> found = new HashSet<>(wanted);
        Grant missing = wanted.iterator().next();
        found.remove(missing);
        ServiceAccess more = new ServiceAccess("sender", List.of(), List.of(), List.of("everything"), List.of());
        found.addAll(more.grants("User:sender", ""));

        // When
        AccessPlan plan = AccessPlan.of(wanted, found, "");

        // Then
        assertEquals(List.of(missing), plan.missing());
        assertEquals(more.grants("User:sender", ""), Set.copyOf(plan.strange()));
    }

    @Test
    void hasNothingToDoWhereAllIsGranted() {
        // Given
        Set<Grant> wanted = ACCESS.grants("User:sender", "");

        // When
        AccessPlan plan = AccessPlan.of(wanted, wanted, "");

        // Then
        assertTrue(plan.isEmpty());
    }

    /** A name that is empty would be a prefix of all. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "services: no",
                "services: [{name: a, groups: [''], reads: [], writes: [], owns: []}]",
                "services: [{name: a, groups: [a], reads: [], writes: []}]",
                "services: [{groups: [a], reads: [], writes: [], owns: []}]",
                "{"
            })
    void refusesAFileThatIsNone(String text) {
        assertThrows(Complaint.class, () -> AccessFile.read(text));
    }
}
