package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PartitionCountsTest {

    @Test
    void equalCountsAreRight() {
        assertEquals(
                Optional.empty(),
                new PartitionCounts(Map.of("download.recorded", 6, "advisory.fanout", 6, "advisory.scan", 6))
                        .difference());
    }

    @Test
    void unequalCountsAreNamedInOneLine() {
        assertEquals(
                Optional.of("these topics must have equally many partitions: "
                        + "{advisory.fanout=3, advisory.scan=6, download.recorded=6}"),
                new PartitionCounts(Map.of("download.recorded", 6, "advisory.fanout", 3, "advisory.scan", 6))
                        .difference());
    }
}
