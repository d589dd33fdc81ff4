package tocsin.service;

import io.micronaut.context.event.ShutdownEvent;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and closes all {@link BackgroundWork}. */
@Singleton
final class BackgroundListener {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundListener.class);

    private final List<BackgroundWork> works;

    BackgroundListener(List<BackgroundWork> works) {
        this.works = List.copyOf(works);
    }

    @EventListener
    void onStartup(StartupEvent event) {
        works.forEach(BackgroundWork::start);
    }

    /** Runs to its end before the first bean is destroyed. */
    @EventListener
    void onShutdown(ShutdownEvent event) {
        try (ExecutorService closing = Executors.newVirtualThreadPerTaskExecutor()) {
            works.forEach(work -> closing.execute(() -> close(work)));
        }
    }

    private static void close(BackgroundWork work) {
        try {
            work.close();
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("work", work.getClass().getSimpleName())
                    .log("background.close-failed");
        }
    }
}
