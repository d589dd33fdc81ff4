package tocsin.matcher.osv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;
import static tocsin.matcher.osv.OsvTexts.read;
import static tocsin.matcher.osv.OsvTexts.record;
import static tocsin.matcher.osv.OsvTexts.times;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;

class AffectedVersionsReaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'introduced': '0'}                               | true",
                "{'introduced': '0'}, {'limit': '*'}               | true",
                "{'introduced': '0'}, {'fixed': '1.0.0'}           | false",
                "{'introduced': '0'}, {'last_affected': '1.0.0'}   | false",
                "{'introduced': '0'}, {'limit': '1.0.0'}           | false",
                "{'introduced': '0.0.0'}                           | true",
                "{'introduced': '0.0.0-0'}                         | true",
                "{'introduced': 'v0.0.0'}                          | true",
                "{'introduced': '0.0.0'}, {'limit': '*'}           | true",
                "{'introduced': '0.0.0'}, {'fixed': '1.0.0'}       | false",
                "{'introduced': '0.0.1'}                           | false",
                "{'introduced': '0', 'fixed': '1.0.0'}             | false",
            },
            quoteCharacter = '~')
    void allVersionsAreAffectedByARangeFromZeroWithoutEnd(String events, boolean all) {
        // When
        OsvAdvisory advisory =
                read(record("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [" + events.replace('\'', '"') + "]}]"));

        // Then
        assertEquals(all, advisory.packages().getFirst().allVersions());
    }

    @ParameterizedTest
    @CsvSource({"0, true", "0.0, true", "0.0.0, true", "0.dev0, true", "0!0, true", "0.post1, false", "0.1a1, false"})
    void allVersionsOfPythonBeginWithZeroHoweverItIsWritten(String introduced, boolean all) {
        // When
        OsvAdvisory advisory = read(record("\"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \""
                        + introduced + "\"}]}]")
                .replace("\"npm\"", "\"PyPI\""));

        // Then
        assertEquals(all, advisory.packages().getFirst().allVersions());
    }

    /** Never read as "all", and never as "none". */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'versions': []                                                   | has neither a list of versions nor a range",
                "'ranges': []                                                     | has neither a list of versions nor a range",
                "'versions': [], 'ranges': [{'type': 'GIT', 'events': [{'introduced': '0'}]}] | has neither a list of versions nor a range",
                "'versions': ['0.0.1-security']                                   | lists no version but the ecosystem's placeholder",
                "'ranges': [{'type': 'SEMVER', 'events': []}]                     | a range has no introduced event",
                "'ranges': [{'type': 'SEMVER', 'events': [{'fixed': '1.0.0'}]}]   | a range has no introduced event",
                "'ranges': [{'type': 'SEMVER', 'events': [{'introduced': 'x'}]}]  | a border of a range is no version",
                "'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}, {'fixed': '1.x'}]}] | a border of a range is no version",
                "'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}, {}]}]  | a range has an event of no kind",
                "'ranges': [{'type': 'LINUX', 'events': [{'introduced': '0'}]}]   | a range is of no type",
                "'ranges': [{'events': [{'introduced': '0'}]}]                    | a range is of no type",
                "'versions': 'all'                                                | versions is no array",
                "'versions': [1]                                                  | a listed version is no text",
                "'versions': ['']                                                 | a listed version is blank",
                "'versions': ['1.0.0\\u0000']                                     | a listed version is blank, has control characters",
            })
    void aPackageThatCannotBeEvaluatedIsAFlaw(String members, String reason) {
        // When
        OsvAdvisory advisory = read(record(members.replace('\'', '"')));

        // Then
        assertEquals(List.of(), advisory.packages());
        assertEquals(1, advisory.flaws().size());
        assertTrue(
                advisory.flaws().getFirst().reason().startsWith("npm:event-stream: " + reason),
                advisory.flaws().getFirst().reason());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'versions': ['1.0.0'], 'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '1.x'}]}]         | 1 | 0 | a border of a range is no version",
                "'versions': ['1.0.0'], 'ranges': [{'type': 'LINUX', 'events': [{'introduced': '0'}]}]            | 1 | 0 | a range is of no type",
                "'versions': ['1.0.0', 7, '1.0.1'], 'ranges': []                                                  | 2 | 0 | a listed version is no text",
                "'versions': 'all', 'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}]}]               | 0 | 1 | versions is no array",
                "'versions': ['1.0.0'], 'ranges': 7                                                               | 1 | 0 | ranges is no array",
                "'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}]}, {'type': 'SEMVER', 'events': []}]| 0 | 1 | a range has no introduced event",
            })
    void whatCannotBeEvaluatedIsLeftOutAndSaidAndTheRestIsKept(
            String members, int versions, int ranges, String reason) {
        // When
        OsvAdvisory advisory = read(record(members.replace('\'', '"')));

        // Then
        AffectedPackage kept = advisory.packages().getFirst();
        assertEquals(versions, kept.versions().size());
        assertEquals(ranges, kept.ranges().size());
        assertEquals(ranges == 1, kept.allVersions());
        assertTrue(
                advisory.flaws().getFirst().reason().startsWith("npm:event-stream but for a part: " + reason),
                advisory.flaws().getFirst().reason());
    }

    static Stream<Arguments> tooMuchOfOnePackage() {
        return Stream.of(
                arguments("\"ranges\": [" + times(1001, "{\"type\": \"GIT\"}") + "]", "ranges has 1001 elements"),
                arguments(
                        "\"ranges\": [{\"type\": \"SEMVER\", \"events\": ["
                                + times(10_001, "{\"introduced\": \"1.0.0\"}") + "]}]",
                        "events has 10001 elements"),
                arguments("\"versions\": [" + times(10_001, "\"1.0.0\"") + "]", "versions has 10001 elements"),
                arguments("\"versions\": [\"" + "1".repeat(257) + "\"]", "is longer than 256"),
                arguments(
                        "\"versions\": [" + times(600, "\"" + "1".repeat(250) + "\"") + "]",
                        "versions and borders have more than"));
    }

    @ParameterizedTest
    @MethodSource("tooMuchOfOnePackage")
    void capsWhatOnePackageSays(String members, String reason) {
        // When
        OsvAdvisory advisory = read(record(members));

        // Then
        String flaw = advisory.flaws().getFirst().reason();
        assertTrue(flaw.contains(reason), flaw);
        assertEquals(List.of(), advisory.packages());
    }
}
