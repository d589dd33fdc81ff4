package tocsin.service.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;

/** What Prometheus scrapes. */
@Controller("/metrics")
final class MetricsController {

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry;

    MetricsController(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    @Get(produces = TEXT)
    HttpResponse<String> scrape() {
        return HttpResponse.ok(registry.scrape(TEXT)).contentType(TEXT);
    }
}
