package tocsin.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** What our containers have in common. Loaded only where Testcontainers was asked for. */
final class Containers {

    private static final String TERMINATE_JAVA =
            "for p in /proc/[0-9]*; do if [ \"$(cat $p/comm)\" = java ]; then kill -TERM ${p#/proc/}; fi; done";

    private Containers() {}

    /** @throws IllegalStateException in one line where no engine answers: who asked for containers must not get something else */
    static void requireEngine() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException(
                    "tocsin.test.backend=testcontainers, but no Docker engine answers: start one or leave out -Ptestcontainers");
        }
    }

    /** A fixed port on 127.0.0.1, so that a stopped container comes back where its clients look for it. */
    static void publish(GenericContainer<?> container, int inside, int outside) {
        container.setPortBindings(List.of("127.0.0.1:" + outside + ":" + inside));
    }

    /** Starts a new container, or the same one again with all that it wrote. */
    static void startOrResume(GenericContainer<?> container) {
        if (container.getContainerId() == null) {
            container.start();
        } else {
            DockerClientFactory.lazyClient()
                    .startContainerCmd(container.getContainerId())
                    .exec();
        }
    }

    /**
     * Asks every Java process in the container to end, and waits for none. For images whose first process is a shell that passes no
     * signal on: the engine's own stop would wait out its time limit and then kill.
     */
    static void terminateJava(GenericContainer<?> container) {
        if (container.isRunning()) {
            try {
                container.execInContainer("sh", "-c", TERMINATE_JAVA);
            } catch (IOException failure) {
                throw new UncheckedIOException("the container takes no command", failure);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the process and keeps the container, unlike {@link GenericContainer#stop()}. */
    static void halt(GenericContainer<?> container) {
        if (container.isRunning()) {
            DockerClientFactory.lazyClient()
                    .stopContainerCmd(container.getContainerId())
                    .withTimeout(30)
                    .exec();
        }
    }
}
