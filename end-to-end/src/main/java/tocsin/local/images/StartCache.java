package tocsin.local.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import tocsin.local.running.Complaint;

/**
 * Makes a service's start short: what it loads and links while the demo rings the bell once is kept in a file beside its jar
 * (JEP 483, JEP 514). The demo runs on the runtime and on the jars of the images, and so shows that they are whole.
 */
final class StartCache {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private StartCache() {}

    static void make(StagedHome home, Path runtime, List<ImageContent> services, JavaTools tools) {
        String record = home.path().resolve("{service}.aotconf").toString();
        tools.run(
                runtime,
                "java",
                LIMIT,
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dtocsin.service-options=-XX:AOTMode=record -XX:AOTConfiguration=" + record,
                        "-Dtocsin.service-ready-seconds=300",
                        "-Dtocsin.service-stop-seconds=300",
                        "-jar",
                        home.path().resolve(ImageContent.TOOLS.jar()).toString(),
                        "demo"));
        for (ImageContent service : services) {
            Path recorded = home.path().resolve(service.module() + ".aotconf");
            if (!Files.isRegularFile(recorded)) {
                throw new Complaint(service.name() + " did not record what it loads");
            }
            Path cache = service.cacheIn(home.path());
            tools.run(
                    runtime,
                    "java",
                    LIMIT,
                    List.of(
                            "-XX:AOTMode=create",
                            "-XX:AOTConfiguration=" + recorded,
                            "-XX:AOTCache=" + cache,
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-jar",
                            home.path().resolve(service.jar()).toString()));
            try {
                Files.setLastModifiedTime(cache, FileTime.from(StagedHome.MODIFIED));
                Files.delete(recorded);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot keep " + cache, e);
            }
        }
    }
}
