package tocsin.service.tracing;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Tells a collector of each step, by OTLP over HTTP, some at a time and from a thread of its own: a collector that is slow or away costs spans and
 * never holds up a message.
 */
final class SpanPublisher implements Tracing {

    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final Duration GATHERING = Duration.ofSeconds(1);
    private static final int WAITING_SPANS = 4_096;
    private static final int LONGEST_NOTE = 256;
    private static final long CLOSE_SECONDS = 5;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /** @param exporter closed with this */
    SpanPublisher(SpanExporter exporter, String service, double ratio) {
        Resource resource = Resource.create(Attributes.of(
                AttributeKey.stringKey("service.name"),
                service,
                AttributeKey.stringKey("service.namespace"),
                "tocsin",
                AttributeKey.stringKey("service.instance.id"),
                UUID.randomUUID().toString()));
        provider = SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(ratio)))
                .setSpanLimits(SpanLimits.builder()
                        .setMaxAttributeValueLength(LONGEST_NOTE)
                        .build())
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(GATHERING)
                        .setExporterTimeout(REQUEST)
                        .setMaxQueueSize(WAITING_SPANS)
                        .build())
                .build();
        tracer = provider.get("tocsin");
    }

    static SpanPublisher of(TracingConfig config, String service, MeterRegistry registry) {
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(config.endpoint())
                .setTimeout(REQUEST)
                .setCompression("gzip")
                // A collector that is away has its spans lost by the second, not by the minute in which a service wants
                // to stop.
                .setRetryPolicy(null);
        config.headers().forEach(exporter::addHeader);
        return new SpanPublisher(new CountedExporter(exporter.build(), registry), service, config.ratio());
    }

    @Override
    public <T, X extends Throwable> T call(
            String name, Optional<TraceParent> cause, ScopedValue.CallableOp<? extends T, X> work) throws X {
        return within(begin(name, cause), true, work);
    }

    @Override
    public void run(String name, Optional<TraceParent> cause, Runnable work) {
        within(begin(name, cause), true, () -> {
            work.run();
            return true;
        });
    }

    @Override
    public void runQuietly(String name, Optional<TraceParent> cause, Runnable work) {
        within(begin(name, cause), false, () -> {
            work.run();
            return true;
        });
    }

    private static <T, X extends Throwable> T within(
            Told step, boolean isToldAnyhow, ScopedValue.CallableOp<? extends T, X> work) throws X {
        boolean isDone = false;
        try {
            T result = ScopedValue.where(Step.CURRENT, step).call(work);
            isDone = true;
            return result;
        } finally {
            if (!isDone) {
                step.span.setStatus(StatusCode.ERROR);
            }
            // One that is never ended is never told.
            if (isToldAnyhow || step.isCause || !isDone) {
                step.span.end();
            }
        }
    }

    private Told begin(String name, Optional<TraceParent> cause) {
        SpanBuilder builder = tracer.spanBuilder(name).setSpanKind(SpanKind.CONSUMER);
        cause.ifPresentOrElse(it -> builder.setParent(contextOf(it)), builder::setNoParent);
        return new Told(builder.startSpan());
    }

    private static Context contextOf(TraceParent cause) {
        return Context.root()
                .with(Span.wrap(SpanContext.createFromRemoteParent(
                        cause.traceId(),
                        cause.stepId(),
                        TraceFlags.fromHex(cause.flags(), 0),
                        TraceState.getDefault())));
    }

    /** One thread's, as the step is. */
    private static final class Told implements Step {

        private final Span span;
        private boolean isCause;

        Told(Span span) {
            this.span = span;
        }

        @Override
        public TraceParent traceParent() {
            isCause = true;
            SpanContext context = span.getSpanContext();
            return new TraceParent("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                    + context.getTraceFlags().asHex());
        }

        @Override
        public void note(String key, String value) {
            span.setAttribute(key, value);
        }
    }

    @Override
    public void close() {
        provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
