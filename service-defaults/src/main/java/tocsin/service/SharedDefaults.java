package tocsin.service;

import io.micronaut.context.env.ActiveEnvironment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySourceLoader;
import io.micronaut.core.io.ResourceLoader;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;

/**
 * What a service is configured with where nothing else says otherwise: its {@code application.yml}, environment variables and arguments all win.
 * Found by Micronaut as a service, hence public.
 */
public final class SharedDefaults implements PropertySourceLoader {

    /** Before every file, so that each of them overrides it. */
    private static final int BEFORE_ALL_OTHERS = -1_000;

    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            // Controllers block; each request has a virtual thread to do so in.
            Map.entry("micronaut.server.thread-selection", "BLOCKING"),
            // A body is held in memory while it is read. A route that takes more says so in its service.
            Map.entry("micronaut.server.max-request-size", "1MB"),
            // The largest token that a caller may bring, and some room.
            Map.entry("micronaut.server.netty.max-header-size", 16 * 1024),
            Map.entry("micronaut.server.netty.max-initial-line-length", 8 * 1024),
            // A silent client does not hold a connection for ever.
            Map.entry("micronaut.server.idle-timeout", "60s"),
            Map.entry("micronaut.server.read-idle-timeout", "30s"),
            // Requests under way end before the server goes; then background work runs out.
            Map.entry("micronaut.lifecycle.graceful-shutdown.enabled", true),
            Map.entry("micronaut.lifecycle.graceful-shutdown.grace-period", "15s"),
            // Health for the orchestrator and /metrics for Prometheus, which is ours; nothing else tells of the inside.
            Map.entry("endpoints.all.enabled", false),
            Map.entry("endpoints.health.enabled", true),
            Map.entry("endpoints.health.sensitive", false),
            Map.entry("endpoints.health.details-visible", "NEVER"),
            // Ours ask with a deadline and do not name the database.
            Map.entry("endpoints.health.jdbc.enabled", false),
            // A full disk is not mended by a restart.
            Map.entry("endpoints.health.disk-space.enabled", false),
            Map.entry("micronaut.metrics.enabled", true),
            Map.entry("micronaut.metrics.export.prometheus.enabled", true),
            Map.entry("micronaut.metrics.export.prometheus.descriptions", true),
            // The security rule is ours alone; there is nobody to log in.
            Map.entry("micronaut.security.enabled", true),
            Map.entry("micronaut.security.endpoints.login.enabled", false),
            Map.entry("micronaut.security.endpoints.logout.enabled", false),
            // Else /token_info tells any caller about tokens.
            Map.entry("micronaut.security.endpoints.introspection.enabled", false),
            Map.entry("micronaut.security.redirect.enabled", false),
            // An empty list says something ("none"), an absent value nothing: the default leaves out both.
            Map.entry("micronaut.serde.serialization.inclusion", "NON_ABSENT"),
            // Hostile JSON is deep.
            Map.entry("micronaut.serde.maximum-nesting-depth", 64));

    @Override
    public Optional<PropertySource> load(String resourceName, ResourceLoader resourceLoader) {
        return resourceName.equals("application")
                ? Optional.of(PropertySource.of("shared-defaults", DEFAULTS, BEFORE_ALL_OTHERS))
                : Optional.empty();
    }

    @Override
    public Optional<PropertySource> loadEnv(
            String resourceName, ResourceLoader resourceLoader, ActiveEnvironment activeEnvironment) {
        return Optional.empty();
    }

    /** These defaults come from no file. */
    @Override
    public Map<String, Object> read(String name, InputStream input) {
        return Map.of();
    }
}
