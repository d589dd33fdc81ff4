package tocsin.testsupport;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/**
 * The rules that every module keeps, each with its reason. A module's test reads:
 *
 * <pre>{@code
 * class HouseRulesTest {
 *     @ParameterizedTest
 *     @MethodSource("rules")
 *     void holds(HouseRules.Rule rule) {
 *         rule.check();
 *     }
 *
 *     static List<HouseRules.Rule> rules() {
 *         return HouseRules.of("tocsin.tracker").rules();
 *     }
 * }
 * }</pre>
 *
 * Main code only; what annotation processors and Avro generate is nobody's style and is left out.
 */
public final class HouseRules {

    private static final DescribedPredicate<JavaClass> GENERATED = DescribedPredicate.describe(
            "generated",
            type -> type.getName().matches(".*[.$]\\$.*|.*\\$(Definition|Introspection|Intercepted)\\b.*")
                    || outermost(type).isAnnotatedWith("org.apache.avro.specific.AvroGenerated"));

    private final String root;
    private final JavaClasses classes;
    private final List<String> allowed;

    private HouseRules(String root, JavaClasses classes, List<String> allowed) {
        this.root = root;
        this.classes = classes;
        this.allowed = allowed;
    }

    /**
     * @param root package of the module, such as {@code tocsin.tracker}
     * @throws IllegalArgumentException if there is no class: a misspelt package would keep every rule
     */
    public static HouseRules of(String root) {
        return over(root, new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()));
    }

    static HouseRules over(String root, ClassFileImporter importer) {
        JavaClasses classes = importer.importPackages(root).that(DescribedPredicate.not(GENERATED));
        if (classes.isEmpty()) {
            throw new IllegalArgumentException("no class in " + root);
        }
        return new HouseRules(root, classes, List.of());
    }

    /**
     * For libraries that are an edge themselves: all their classes may see these.
     *
     * @param frameworks package patterns such as {@code org.apache.kafka..}
     */
    public HouseRules allowing(String... frameworks) {
        return new HouseRules(root, classes, List.of(frameworks));
    }

    public List<Rule> rules() {
        return List.of(
                rule("features without cycles", StructureRules.featuresWithoutCycles(root)),
                rule("frameworks at the edge", EdgeRules.frameworksAtTheEdge(allowed)),
                rule("one place asks for the time", EdgeRules.onePlaceAsksForTheTime()),
                rule("one way to log", EdgeRules.oneWayToLog()),
                rule("standard streams belong to commands", EdgeRules.standardStreamsBelongToCommands()),
                rule("no field injection", StructureRules.noFieldInjection()),
                rule("names that say something", StructureRules.namesThatSaySomething()),
                rule("packages are null-marked", StructureRules.packagesAreNullMarked()));
    }

    /** All rules at once. @throws AssertionError at the first that is broken */
    public static void check(String root) {
        of(root).rules().forEach(Rule::check);
    }

    private Rule rule(String name, ArchRule rule) {
        return new Rule(name, rule, classes);
    }

    static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(HouseRules::outermost).orElse(type);
    }

    /** One rule over one module; shown by its name. */
    public static final class Rule {

        private final String name;
        private final ArchRule rule;
        private final JavaClasses classes;

        private Rule(String name, ArchRule rule, JavaClasses classes) {
            this.name = name;
            this.rule = rule;
            this.classes = classes;
        }

        /** @throws AssertionError that names each offender and the reason of the rule */
        public void check() {
            rule.check(classes);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
