package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ItemSplitterTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "-", textBlock = """
            false | {"a": 1}                          | {"a": 1}
            false | ~  {"a": [1, {}]}  ~              | ~{"a": [1, {}]}  ~
            false | []                                | -
            false | ~ [ ] ~                           | -
            false | [{}]                              | {}
            false | ~[ {"a": "]}\\"{"} , {"b": {}} ]~ | {"a": "]}\\"{"};{"b": {}}
            true  | {"a": 1}                          | {"a": 1}
            true  | [{}]                              | [{}]
            """)
    void cutsABodyIntoItsEvents(boolean lines, String body, String events) throws IOException {
        assertEquals(events == null ? List.of() : List.of(events.split(";")), split(body, lines));
    }

    @Test
    void cutsLinesAndLeavesOutBlankOnes() throws IOException {
        assertEquals(List.of("{\"a\": 1}", "x\r", "y"), split("{\"a\": 1}\n\n \t\r\nx\r\ny", true));
        assertEquals(List.of(), split("\n\n", true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "[",
                "[{}",
                "[{},",
                "[{},]",
                "[{} {}]",
                "[1]",
                "[\"a\"]",
                "[{}] x",
                "[{\"a\": \"}]",
                "[,]",
                "[{}]]"
            })
    void tellsABodyThatBreaksOff(String body) {
        assertThrows(ItemSplitter.BrokenBodyException.class, () -> split(body, false));
    }

    @Test
    void keepsNoEventThatIsTooLargeAndGoesOnBehindIt() throws IOException {
        // Given
        String large = "{\"a\": \"" + "x".repeat(3 * JsonText.MAX_BYTES) + "\"}";

        // When
        List<String> elements = split("[" + large + ", {}]", false);
        List<String> lines = split(large + "\n{}", true);
        List<String> single = split(large, false);

        // Then
        assertEquals(List.of("too large", "{}"), elements);
        assertEquals(List.of("too large", "{}"), lines);
        assertEquals(List.of("too large"), single);
    }

    @Property(tries = 5_000)
    void anyBodyEndsInPiecesOrABreak(@ForAll("bodies") String body, @ForAll boolean lines) throws IOException {
        try {
            assertTrue(split(body, lines).stream().mapToInt(String::length).sum() <= body.length());
        } catch (ItemSplitter.BrokenBodyException e) {
            assertTrue(!lines, "lines never break");
        }
    }

    @Provide
    Arbitrary<String> bodies() {
        return Arbitraries.of("[", "]", "{", "}", ",", "\"", "\\", "a", " ", "\n", "{}", "{\"a\":1}", ":")
                .list()
                .ofMaxSize(20)
                .map(pieces -> String.join("", pieces));
    }

    private static List<String> split(String body, boolean lines) throws IOException {
        ItemSplitter splitter = new ItemSplitter(new ByteArrayInputStream(body.getBytes(UTF_8)), lines);
        List<String> pieces = new ArrayList<>();
        for (Optional<ItemSplitter.Item> item = splitter.next(); item.isPresent(); item = splitter.next()) {
            pieces.add(item.get().text().map(text -> new String(text, UTF_8)).orElse("too large"));
        }
        return pieces;
    }
}
