package tocsin.testsupport;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.Set;

/** Who may touch the world outside. */
final class EdgeRules {

    private static final List<String> EDGES = List.of(
            "Controller",
            "Listener",
            "Publisher",
            "Repository",
            "Client",
            "Feed",
            "Consumer",
            "Producer",
            "Relay",
            "Filter",
            "Factory",
            "Handler",
            "Configuration",
            "Main",
            "Server",
            "Command",
            "Health",
            "Topology",
            "Processor");

    private static final String[] FRAMEWORKS = {
        "io.micronaut..",
        "io.netty..",
        "jakarta.mail..",
        "java.sql..",
        "javax.sql..",
        "org.apache.hc..",
        "org.apache.kafka..",
    };

    /** Annotations that say what a class or record is and leave it plain Java. */
    private static final String[] MARKS = {
        "io.micronaut.context.annotation..",
        "io.micronaut.core.annotation..",
        "io.micronaut.core.bind.annotation..",
        "io.micronaut.data.annotation..",
        "io.micronaut.serde.annotation..",
    };

    private EdgeRules() {}

    static ArchRule frameworksAtTheEdge(List<String> allowed) {
        DescribedPredicate<JavaClass> framework = JavaClass.Predicates.resideInAnyPackage(FRAMEWORKS)
                .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(MARKS)))
                .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new))))
                .as("belong to a framework (Micronaut, Netty, Kafka, JDBC, HTTP client, mail)");
        return noClasses()
                .that(DescribedPredicate.not(named(EDGES)).as("are no edge by their last word"))
                .should()
                .dependOnClassesThat(framework)
                .allowEmptyShould(true)
                .because(
                        "what decides something is plain Java that a test calls without a container; a class that touches the"
                                + " outside says so by its last word: " + String.join(", ", EDGES));
    }

    private static DescribedPredicate<JavaClass> named(List<String> lastWords) {
        return DescribedPredicate.describe("are named by " + lastWords, type -> {
            String name = HouseRules.outermost(type).getSimpleName();
            return lastWords.stream().anyMatch(name::endsWith);
        });
    }

    static ArchRule onePlaceAsksForTheTime() {
        return classes()
                .that(DescribedPredicate.describe(
                        "are not the ClockFactory",
                        type -> !HouseRules.outermost(type).getSimpleName().equals("ClockFactory")))
                .should(notAskForTheTime())
                .allowEmptyShould(true)
                .because(
                        "a rule about time is only testable where the test moves the time: take a java.time.Clock, or the Instant"
                                + " itself (System.nanoTime is for measuring how long something took)");
    }

    private static ArchCondition<JavaClass> notAskForTheTime() {
        return new ArchCondition<>("not ask the machine for the time") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                    if (access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
                            && asksForTheTime(target)) {
                        events.add(SimpleConditionEvent.violated(type, access.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean asksForTheTime(AccessTarget.CodeUnitAccessTarget target) {
        JavaClass owner = target.getOwner();
        boolean givenAClock =
                target.getRawParameterTypes().stream().anyMatch(type -> type.isAssignableTo(InstantSource.class));
        String method = target.getName();
        if (owner.isEquivalentTo(System.class)) {
            return method.equals("currentTimeMillis");
        }
        if (owner.isEquivalentTo(Date.class)) {
            return method.equals("<init>") && target.getRawParameterTypes().isEmpty();
        }
        if (owner.isEquivalentTo(Calendar.class)) {
            return method.equals("getInstance");
        }
        if (owner.isEquivalentTo(Clock.class) || owner.isEquivalentTo(InstantSource.class)) {
            return method.startsWith("system") || (method.startsWith("tick") && !givenAClock);
        }
        return owner.getPackageName().startsWith("java.time")
                && Set.of("now", "dateNow").contains(method)
                && !givenAClock;
    }

    static ArchRule oneWayToLog() {
        return noClasses()
                .should(USE_JAVA_UTIL_LOGGING)
                .allowEmptyShould(true)
                .because("there is one way to log, SLF4J with key-values, and one place that formats it");
    }

    static ArchRule standardStreamsBelongToCommands() {
        return noClasses()
                .that(DescribedPredicate.not(named(List.of("Main", "Command"))).as("are neither a Main nor a Command"))
                .should(ACCESS_STANDARD_STREAMS)
                .allowEmptyShould(true)
                .because(
                        "what a service has to say is a log event with keys; only a command line talks to the person before it");
    }
}
