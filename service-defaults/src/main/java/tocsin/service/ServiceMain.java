package tocsin.service;

import ch.qos.logback.classic.LoggerContext;
import io.micronaut.context.env.Environment;
import io.micronaut.runtime.Micronaut;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a service. Its {@code main} is one line: {@code ServiceMain.run(TrackerMain.class, "download-tracker", args)}.
 */
public final class ServiceMain {

    private ServiceMain() {}

    /**
     * Returns once the service takes requests; the process goes on. SIGTERM lets requests and background work run out and ends it. A service that
     * cannot start logs why, in one line if a setting is missing, and exits with 1.
     *
     * @param main in the service's root package, below which its beans are
     * @param service as in logs, metrics and the quarantine topic: {@code download-tracker}
     */
    public static void run(Class<?> main, String service, String... args) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.setName(service);
        }
        Logger log = LoggerFactory.getLogger(main);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) ->
                log.atError().setCause(e).addKeyValue("name", thread.getName()).log("thread.died"));
        new Start(log)
                .mainClass(main)
                .banner(false)
                .properties(Map.of("micronaut.application.name", service))
                .args(args)
                .start();
        log.atInfo().log("service.started");
    }

    private static final class Start extends Micronaut {

        private final Logger log;

        Start(Logger log) {
            this.log = log;
        }

        @Override
        protected void handleStartupException(@Nullable Environment environment, Throwable exception) {
            Optional<MissingConfiguration> missing = missing(exception);
            if (missing.isPresent()) {
                log.atError().addKeyValue("reason", missing.get().getMessage()).log("service.not-started");
            } else {
                log.atError().setCause(exception).log("service.not-started");
            }
            System.exit(1);
        }

        private static Optional<MissingConfiguration> missing(Throwable exception) {
            for (Throwable e = exception; e != null; e = e.getCause()) {
                if (e instanceof MissingConfiguration missing) {
                    return Optional.of(missing);
                }
            }
            return Optional.empty();
        }
    }
}
