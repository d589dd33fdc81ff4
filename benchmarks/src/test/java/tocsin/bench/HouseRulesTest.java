package tocsin.bench;

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

    static List<HouseRules.Rule> rules() {
        return HouseRules.of("tocsin.bench").rules();
    }
}
