package tocsin.service.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.micronaut.core.type.Argument;
import io.micronaut.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class LogLineTest {

    private static final List<String> FIXED = List.of("at", "level", "service", "logger", "event", "thread");

    private static String line(LoggingEvent event) {
        LoggerContext context = assertInstanceOf(LoggerContext.class, LoggerFactory.getILoggerFactory());
        if (!(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("json")
                instanceof OutputStreamAppender<ILoggingEvent> appender)) {
            throw new AssertionError("lines are not written as JSON");
        }
        return new String(appender.getEncoder().encode(event), UTF_8);
    }

    private static LoggingEvent event(@Nullable Throwable error) {
        LoggerContext context = assertInstanceOf(LoggerContext.class, LoggerFactory.getILoggerFactory());
        LoggingEvent event = new LoggingEvent(
                "caller", context.getLogger("tocsin.sample.Thing"), Level.WARN, "thing.happened", error, new Object[0]);
        event.setKeyValuePairs(
                List.of(new KeyValuePair("attempt", 2), new KeyValuePair("text", "two\nlines \"quoted\"")));
        return event;
    }

    private static Map<String, Object> parsed(String line) throws IOException {
        return JsonMapper.createDefault().readValue(line, Argument.mapOf(String.class, Object.class));
    }

    @Test
    void isOneJsonObjectWithFixedKeysFirst() throws IOException {
        // When
        String line = line(event(null));
        // Then
        assertEquals(1, line.lines().count());
        Map<String, Object> parsed = parsed(line);
        assertEquals(FIXED, List.copyOf(parsed.keySet()).subList(0, FIXED.size()));
        assertEquals("WARN", parsed.get("level"));
        assertEquals("tocsin.sample.Thing", parsed.get("logger"));
        assertEquals("thing.happened", parsed.get("event"));
        assertEquals(2, parsed.get("attempt"));
        assertEquals("two\nlines \"quoted\"", parsed.get("text"));
        assertTrue(String.valueOf(parsed.get("at")).endsWith("Z"), line);
    }

    @Test
    void carriesClassMessageAndStackOfAnError() throws IOException {
        String line = line(event(new IllegalStateException("it broke")));
        assertEquals(1, line.lines().count());
        String error = String.valueOf(parsed(line).get("error"));
        assertTrue(error.startsWith("java.lang.IllegalStateException: it broke"), error);
        assertTrue(error.contains("LogLineTest"), error);
    }
}
