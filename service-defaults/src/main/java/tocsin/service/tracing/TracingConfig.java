package tocsin.service.tracing;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.convert.format.MapFormat;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tocsin.service.MissingConfiguration;

/**
 * Whether anybody is told of traces.
 *
 * @param endpoint of a collector that takes OTLP over HTTP, with its path: {@code http://collector:4318/v1/traces}; empty: nobody is told
 * @param ratio of the traces that begin here, 0 to 1, which are told; of one that began elsewhere its beginning has decided
 * @param headers of each request to the collector, such as {@code authorization}. Values may be secrets and are never printed
 */
@ConfigurationProperties("tocsin.tracing")
public record TracingConfig(
        @Bindable(defaultValue = "") String endpoint,
        @Bindable(defaultValue = "1") double ratio,

        @MapFormat(transformation = MapFormat.MapTransformation.FLAT)
        Map<String, String> headers) {

    /** @throws MissingConfiguration for what makes no sense */
    public TracingConfig(
            @Bindable(defaultValue = "") String endpoint,
            @Bindable(defaultValue = "1") double ratio,
            @MapFormat(transformation = MapFormat.MapTransformation.FLAT) @Nullable Map<String, String> headers) {
        this.endpoint = endpoint.strip();
        if (!this.endpoint.isEmpty() && !isUrl(this.endpoint)) {
            throw new MissingConfiguration("tocsin.tracing.endpoint is no http or https URL without user and query");
        }
        if (!(ratio >= 0 && ratio <= 1)) {
            throw new MissingConfiguration("tocsin.tracing.ratio is not between 0 and 1");
        }
        this.ratio = ratio;
        Map<String, String> sent = new TreeMap<>(headers == null ? Map.of() : headers);
        // An environment variable arrives under every spelling it may have meant; no such header has a dot.
        sent.keySet().removeIf(name -> name.indexOf('.') >= 0);
        this.headers = Map.copyOf(sent);
    }

    boolean isOn() {
        return !endpoint.isEmpty();
    }

    private static boolean isUrl(String text) {
        try {
            URI url = URI.create(text);
            return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getQuery() == null;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "TracingConfig[endpoint=" + endpoint + ", ratio=" + ratio + ", headers=" + headers.keySet() + "]";
    }
}
