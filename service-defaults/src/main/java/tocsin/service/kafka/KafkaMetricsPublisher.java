package tocsin.service.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.jspecify.annotations.Nullable;

/**
 * Shows a Kafka client's metrics as gauges for as long as the client lives. Kafka makes one of these per client, hence public. Metrics per topic
 * and per broker are left out but for the lag: they are many, and Prometheus wants one set of labels per name.
 */
public final class KafkaMetricsPublisher implements MetricsReporter {

    /** Client setting that carries the {@link MeterRegistry}. Without it nothing is shown. */
    static final String REGISTRY = "tocsin.meter.registry";

    private static final Set<String> PER_CLIENT = Set.of("client-id");
    private static final Set<String> PER_THREAD = Set.of("thread-id");
    private static final Set<String> PER_PARTITION = Set.of("client-id", "topic", "partition");

    private final Map<MetricName, Meter> meters = new ConcurrentHashMap<>();
    private @Nullable MeterRegistry registry;

    @Override
    public void configure(Map<String, ?> configs) {
        this.registry = configs.get(REGISTRY) instanceof MeterRegistry found ? found : null;
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
        metrics.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        MetricName name = metric.metricName();
        MeterRegistry target = registry;
        if (target == null || !isShown(name) || !(metric.metricValue() instanceof Number)) {
            return;
        }
        Tags tags = Tags.empty();
        for (Map.Entry<String, String> tag : name.tags().entrySet()) {
            tags = tags.and(tag.getKey(), tag.getValue());
        }
        Meter meter = Gauge.builder(meterName(name), metric, KafkaMetricsPublisher::value)
                .description(name.description())
                .tags(tags)
                .strongReference(true)
                .register(target);
        meters.put(name, meter);
    }

    private static boolean isShown(MetricName name) {
        Set<String> tags = name.tags().keySet();
        return tags.equals(PER_CLIENT)
                || tags.equals(PER_THREAD)
                || (tags.equals(PER_PARTITION) && name.name().equals("records-lag"));
    }

    private static String meterName(MetricName name) {
        String group = name.group().replace("-metrics", "");
        return "kafka." + (group + "." + name.name()).replace('-', '.').toLowerCase(Locale.ROOT);
    }

    private static double value(KafkaMetric metric) {
        return metric.metricValue() instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        remove(meters.remove(metric.metricName()));
    }

    private void remove(@Nullable Meter meter) {
        MeterRegistry target = registry;
        if (meter != null && target != null) {
            target.remove(meter);
        }
    }

    @Override
    public void close() {
        meters.values().forEach(this::remove);
        meters.clear();
    }
}
