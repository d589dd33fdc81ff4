package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HouseRulesTest {

    private static final HouseRules PLANTED = HouseRules.over("tocsin.planted", new ClassFileImporter());

    @ParameterizedTest
    @MethodSource("ourRules")
    void holdsHere(HouseRules.Rule rule) {
        rule.check();
    }

    static List<HouseRules.Rule> ourRules() {
        return HouseRules.of("tocsin.testsupport")
                .allowing("org.apache.kafka..", "java.sql..", "javax.sql..", "jakarta.mail..", "io.micronaut..")
                .rules();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            features without cycles            | feature first
            features without cycles            | feature second
            frameworks at the edge             | planted.edge.Decision.connection
            frameworks at the edge             | planted.edge.Decision$Inner.record
            one place asks for the time        | planted.time.Timekeeper.instant
            one place asks for the time        | planted.time.Timekeeper.millis
            one place asks for the time        | planted.time.Timekeeper.zoned
            one place asks for the time        | planted.time.Timekeeper.date
            one place asks for the time        | planted.time.Timekeeper.clock
            one place asks for the time        | planted.time.Timekeeper.reference
            one way to log                     | planted.style.Chatty
            standard streams belong to commands| planted.style.Chatty
            no field injection                 | planted.style.Injected.clock
            names that say something           | planted.style.NameUtils
            names that say something           | planted.style.NameHelper
            names that say something           | planted.style.NameImpl
            names that say something           | planted.style.NameManager
            packages are null-marked           | planted.second
            """)
    void namesTheOffender(String rule, String offender) {
        // When
        AssertionError broken = assertThrows(AssertionError.class, planted(rule)::check);

        // Then
        assertTrue(broken.toString().contains(offender), broken.toString());
        assertTrue(broken.toString().contains("because"), broken.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            frameworks at the edge             | TimelyRepository
            frameworks at the edge             | Injected
            one place asks for the time        | planted.time.ClockFactory
            one place asks for the time        | Timekeeper.givenAClock
            one place asks for the time        | Timekeeper.measure
            standard streams belong to commands| TalkingCommand
            names that say something           | Mutilation
            packages are null-marked           | planted.edge
            """)
    void leavesTheInnocentAlone(String rule, String innocent) {
        // When
        AssertionError broken = assertThrows(AssertionError.class, planted(rule)::check);

        // Then
        assertFalse(broken.toString().contains(innocent), broken.toString());
    }

    @Test
    void letsALibraryThatIsAnEdgeSeeItsFramework() {
        // Given
        HouseRules rules = HouseRules.over("tocsin.planted.edge", new ClassFileImporter());
        assertThrows(AssertionError.class, find(rules, "frameworks at the edge")::check);

        // When
        HouseRules allowed = rules.allowing("java.sql..", "org.apache.kafka..");

        // Then
        find(allowed, "frameworks at the edge").check();
    }

    @Test
    void refusesAPackageWithoutClasses() {
        assertThrows(IllegalArgumentException.class, () -> HouseRules.of("tocsin.misspelt"));
    }

    private static HouseRules.Rule planted(String name) {
        return find(PLANTED, name);
    }

    private static HouseRules.Rule find(HouseRules rules, String name) {
        return rules.rules().stream()
                .filter(rule -> rule.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
