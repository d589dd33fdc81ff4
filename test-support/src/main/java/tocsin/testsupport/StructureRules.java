package tocsin.testsupport;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.all;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.lang.AbstractClassesTransformer;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ClassesTransformer;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/** How packages and classes are cut and named. */
final class StructureRules {

    private static final Set<String> INJECTING = Set.of(
            "jakarta.inject.Inject",
            "jakarta.annotation.Resource",
            "io.micronaut.context.annotation.Property",
            "io.micronaut.context.annotation.Value");

    private StructureRules() {}

    static ArchRule featuresWithoutCycles(String root) {
        return slices().matching(root + ".(*)..")
                .namingSlices("feature $1")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .because(
                        "a feature that can be read, tested and removed alone is the reason to have packages: move the shared"
                                + " thing to the feature that owns it, or hand it over as a value");
    }

    static ArchRule noFieldInjection() {
        return noFields()
                .that(DescribedPredicate.describe(
                        // A record's annotations reach its fields, but its values come through the constructor.
                        "are not those of a record",
                        (JavaField field) -> !field.getOwner().isRecord()))
                .should(beInjected())
                .allowEmptyShould(true)
                .because(
                        "what a class needs stands in its constructor, where a test can give it and a reader can count it");
    }

    private static ArchCondition<JavaField> beInjected() {
        return new ArchCondition<>("be injected") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                boolean injected = INJECTING.stream().anyMatch(field::isAnnotatedWith);
                events.add(new SimpleConditionEvent(
                        field, injected, field.getDescription() + (injected ? " is injected" : " is not injected")));
            }
        };
    }

    static ArchRule namesThatSaySomething() {
        return noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .allowEmptyShould(true)
                .because("such a word fits any class, so it attracts anything: name the question that the class answers"
                        + " (RetrySchedule: when?) or, beside an interface, what is special about this one");
    }

    static ArchRule packagesAreNullMarked() {
        return all(packages())
                .should(beNullMarked())
                .because(
                        "absence is Optional and everything else is there; the compiler only checks that where package-info.java"
                                + " says @NullMarked (and tells in a few sentences what the package promises)");
    }

    private static ClassesTransformer<JavaPackage> packages() {
        return new AbstractClassesTransformer<>("packages") {
            @Override
            public Iterable<JavaPackage> doTransform(JavaClasses classes) {
                return classes.stream()
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .map(type -> type.getPackage())
                        .collect(Collectors.toSet());
            }
        };
    }

    private static ArchCondition<JavaPackage> beNullMarked() {
        return new ArchCondition<>("be @NullMarked") {
            @Override
            public void check(JavaPackage item, ConditionEvents events) {
                boolean marked = item.isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(
                        item, marked, "Package <" + item.getName() + "> is " + (marked ? "" : "not ") + "@NullMarked"));
            }
        };
    }
}
