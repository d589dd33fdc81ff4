package tocsin.matcher.version;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Ecosystem;

/**
 * Thousands of pairs with the order that the ecosystem's own tool gives them: node-semver and pypa's packaging. They were made by the
 * programs in {@code src/test/generators}.
 */
class OutsideTruthTest {

    private static final int AT_LEAST = 3000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource({"NPM, npm-order.tsv", "PYPI, pypi-order.tsv"})
    void everyPairHasTheOrderOfTheEcosystemsOwnTool(Ecosystem ecosystem, String file) throws IOException {
        // Given
        List<String> pairs =
                lines(file).stream().filter(line -> !line.startsWith("#")).toList();
        List<String> disagreements = new ArrayList<>();

        // When
        for (String pair : pairs) {
            String[] parts = pair.split("\t", -1);
            Version a = version(ecosystem, parts[0]);
            Version b = version(ecosystem, parts[1]);
            int order = Integer.parseInt(parts[2]);
            if (Integer.signum(a.compareTo(b)) != order
                    || Integer.signum(b.compareTo(a)) != -order
                    || a.equals(b) != (order == 0)) {
                disagreements.add(pair);
            }
        }

        // Then
        assertTrue(pairs.size() >= AT_LEAST, () -> pairs.size() + " pairs");
        assertEquals(List.of(), disagreements);
    }

    private static Version version(Ecosystem ecosystem, String json) throws IOException {
        String text = JSON.readValue(json, String.class);
        return Version.parse(ecosystem, text).orElseThrow(() -> new AssertionError("not read: " + json));
    }

    private static List<String> lines(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(OutsideTruthTest.class.getResourceAsStream(file), file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
            return reader.lines().toList();
        }
    }
}
