package tocsin.service.tracing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Counts what the collector did not take, and says so once until it takes some again. */
final class CountedExporter implements SpanExporter {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(CountedExporter.class);

    private final SpanExporter collector;
    private final Counter lost;
    private final AtomicBoolean isAway = new AtomicBoolean();

    CountedExporter(SpanExporter collector, MeterRegistry registry) {
        this.collector = collector;
        this.lost = Counter.builder("tocsin.tracing.lost.spans")
                .description(
                        "steps of traces that the collector did not take; only where `tocsin.tracing.endpoint` is set")
                .register(registry);
        // The library's own words would go past our log. Its loggers, which are there by now, hold this one.
        Logger.getLogger("io.opentelemetry").setLevel(Level.OFF);
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode result = collector.export(spans);
        return result.whenComplete(() -> {
            if (result.isSuccess()) {
                if (isAway.getAndSet(false)) {
                    LOG.atInfo().log("tracing.collector-is-back");
                }
            } else {
                lost.increment(spans.size());
                if (!isAway.getAndSet(true)) {
                    LOG.atWarn().addKeyValue("spans", spans.size()).log("tracing.collector-is-away");
                }
            }
        });
    }

    @Override
    public CompletableResultCode flush() {
        return collector.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return collector.shutdown();
    }
}
