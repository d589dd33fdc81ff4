package tocsin.service.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.core.type.Argument;
import io.micronaut.serde.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogLineTest {

    private static final Logger LOG = LoggerFactory.getLogger(LogLineTest.class);
    private static final List<String> FIXED = List.of("at", "level", "service", "logger", "event", "thread");

    /** What is written of this class while {@code logging} runs; threads of others may write meanwhile. */
    private static List<String> lines(Runnable logging) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        PrintStream console = System.out;
        System.setOut(new PrintStream(written, true, UTF_8));
        try {
            logging.run();
        } finally {
            System.setOut(console);
        }
        return written.toString(UTF_8)
                .lines()
                .filter(line -> line.contains("LogLineTest"))
                .toList();
    }

    private static Map<String, Object> parsed(String line) throws IOException {
        return ObjectMapper.getDefault().readValue(line, Argument.mapOf(String.class, Object.class));
    }

    @Test
    void isOneJsonObjectWithFixedKeysFirst() throws IOException {
        // When
        List<String> lines = lines(() -> LOG.atWarn()
                .addKeyValue("attempt", 2)
                .addKeyValue("text", "two\nlines \"quoted\"")
                .log("thing.happened"));
        // Then
        assertEquals(1, lines.size());
        Map<String, Object> parsed = parsed(lines.getFirst());
        assertEquals(FIXED, List.copyOf(parsed.keySet()).subList(0, FIXED.size()));
        assertEquals("WARN", parsed.get("level"));
        assertEquals(LogLineTest.class.getName(), parsed.get("logger"));
        assertEquals("thing.happened", parsed.get("event"));
        assertEquals(2, parsed.get("attempt"));
        assertEquals("two\nlines \"quoted\"", parsed.get("text"));
        assertTrue(String.valueOf(parsed.get("at")).endsWith("Z"), lines.getFirst());
    }

    @Test
    void carriesClassMessageAndStackOfAnError() throws IOException {
        // When
        List<String> lines = lines(() ->
                LOG.atError().setCause(new IllegalStateException("it broke")).log("thing.failed"));
        // Then
        assertEquals(1, lines.size());
        String error = String.valueOf(parsed(lines.getFirst()).get("error"));
        assertTrue(error.startsWith("java.lang.IllegalStateException: it broke"), error);
        assertTrue(error.contains("LogLineTest"), error);
    }
}
