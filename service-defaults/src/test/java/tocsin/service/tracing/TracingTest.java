package tocsin.service.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tocsin.service.MissingConfiguration;

class TracingTest {

    private static final TraceParent CAUSE = new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    private static final TraceParent NOT_TOLD =
            new TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");

    private final List<SpanData> told = new ArrayList<>();

    /** Takes what comes, from the thread that gathers; read after that thread's end. */
    private final class Collector implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            told.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private SpanPublisher publisher(double ratio) {
        return new SpanPublisher(new Collector(), "sample", ratio);
    }

    private static TraceParent current() {
        return Tracing.current().orElseThrow();
    }

    @Test
    void goesOnInTheTraceOfItsCause() {
        // When
        TraceParent sent;
        try (Tracing tracing = publisher(0)) {
            sent = tracing.call("sample.step", Optional.of(CAUSE), () -> {
                Tracing.note("tocsin.sample", "seven");
                return current();
            });
        }

        // Then
        assertEquals(1, told.size());
        SpanData span = told.getFirst();
        assertEquals("sample.step", span.getName());
        assertEquals(CAUSE.traceId(), span.getTraceId());
        assertEquals(CAUSE.stepId(), span.getParentSpanId());
        assertEquals("seven", span.getAttributes().get(AttributeKey.stringKey("tocsin.sample")));
        assertEquals("sample", span.getResource().getAttribute(AttributeKey.stringKey("service.name")));
        assertEquals("00-" + CAUSE.traceId() + "-" + span.getSpanId() + "-01", sent.text());
    }

    @Test
    void beginsATraceWhereNothingCausedIt() {
        // When
        try (Tracing tracing = publisher(1)) {
            tracing.run("sample.first", Optional.empty(), () -> {});
            tracing.run("sample.second", Optional.empty(), () -> {});
        }

        // Then
        assertEquals(2, told.size());
        assertTrue(told.stream().noneMatch(span -> span.getParentSpanContext().isValid()), told::toString);
        assertNotEquals(told.getFirst().getTraceId(), told.getLast().getTraceId());
    }

    @Test
    void tellsNothingOfATraceThatItsBeginningDoesNotTellOf() {
        // When
        TraceParent sent;
        try (Tracing tracing = publisher(1)) {
            sent = tracing.call("sample.step", Optional.of(NOT_TOLD), TracingTest::current);
        }

        // Then: and whoever comes next does not either
        assertEquals(List.of(), told);
        assertEquals(CAUSE.traceId(), sent.traceId());
        assertEquals("00", sent.flags());
    }

    @Test
    void tellsOfWorkThatNearlyAlwaysComesToNothingOnlyIfItSentSomething() {
        // When
        try (Tracing tracing = publisher(1)) {
            tracing.runQuietly("sample.nothing", Optional.of(CAUSE), () -> Tracing.note("tocsin.sample", "seven"));
            tracing.runQuietly("sample.something", Optional.of(CAUSE), TracingTest::current);
            assertThrows(
                    IllegalStateException.class,
                    () -> tracing.runQuietly("sample.failure", Optional.of(CAUSE), () -> {
                        throw new IllegalStateException("of somebody@example.com");
                    }));
        }

        // Then
        assertEquals(
                Map.of("sample.something", StatusCode.UNSET, "sample.failure", StatusCode.ERROR),
                told.stream()
                        .collect(java.util.stream.Collectors.toMap(
                                SpanData::getName, span -> span.getStatus().getStatusCode())));
        assertTrue(told.stream().noneMatch(span -> span.toString().contains("example.com")), told::toString);
    }

    @Test
    void passesTheCauseOnWhereNobodyIsTold() {
        // Given
        Tracing off = Tracing.off();

        // Then
        assertEquals(
                CAUSE,
                off.<TraceParent, RuntimeException>call("sample.step", Optional.of(CAUSE), TracingTest::current));
        off.run("sample.step", Optional.empty(), () -> assertEquals(Optional.empty(), Tracing.current()));
        assertEquals(Optional.empty(), Tracing.current());
    }

    @Test
    void countsWhatACollectorThatIsAwayDoesNotTakeAndHoldsNobodyUp() {
        // Given
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        TracingConfig nobody = new TracingConfig("http://127.0.0.1:1/v1/traces", 1, Map.of());

        // When
        long start = System.nanoTime();
        long worked;
        try (Tracing tracing = SpanPublisher.of(nobody, "sample", registry)) {
            for (int i = 0; i < 10_000; i++) {
                tracing.run("sample.step", Optional.empty(), () -> {});
            }
            worked = System.nanoTime() - start;
        }

        // Then
        assertTrue(Duration.ofNanos(worked).compareTo(Duration.ofSeconds(5)) < 0, Duration.ofNanos(worked)::toString);
        assertTrue(registry.counter("tocsin.tracing.lost.spans").count() > 0);
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThrows(MissingConfiguration.class, () -> new TracingConfig("collector:4318", 1, Map.of()));
        assertThrows(
                MissingConfiguration.class, () -> new TracingConfig("http://a:b@collector/v1/traces", 1, Map.of()));
        assertThrows(MissingConfiguration.class, () -> new TracingConfig("", 1.5, Map.of()));
        assertThrows(MissingConfiguration.class, () -> new TracingConfig("", Double.NaN, Map.of()));
        TracingConfig secret = new TracingConfig(
                "https://collector.example.com/v1/traces", 0.5, Map.of("authorization", "Bearer secret", "x.y", "z"));
        assertEquals(Map.of("authorization", "Bearer secret"), secret.headers());
        assertTrue(!secret.toString().contains("secret"), secret::toString);
    }
}
