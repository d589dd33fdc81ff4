package tocsin.service;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.testsupport.HouseRules;

class HouseRulesTest {

    @ParameterizedTest
    @MethodSource("rules")
    void holds(HouseRules.Rule rule) {
        rule.check();
    }

    /** The module is what stands between services and these. */
    static List<HouseRules.Rule> rules() {
        return HouseRules.of("tocsin.service")
                .allowing("io.micronaut..", "org.apache.kafka..", "java.sql..", "javax.sql..")
                .rules();
    }
}
