package tocsin.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromQlTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            up == 0                                                                    | up
            sum by (job, topic) (rate(a_total{x="b_total or c"}[5m])) > 1e3            | a_total
            max(a) / (sum without (b) (c offset 1h) > 0) unless on (d) e               | a c e
            min_over_time(sum by (job) (a{b=~".*[.].*"})[15m:1m]) > 10000              | a
            histogram_quantile(0.99, sum(rate(a_bucket[1m])) by (le)) and time() - b   | a_bucket b
            label_replace(absent(a{b="c"} == 1), "job", "d", "", "")                   | a
            """)
    void namesMetricsAndNothingElse(String expression, String metrics) {
        assertEquals(new TreeSet<>(Set.of(metrics.split(" ", -1))), PromQl.metrics(expression));
    }
}
