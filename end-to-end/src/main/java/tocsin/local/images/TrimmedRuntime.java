package tocsin.local.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The Java runtime of all images: the modules that our libraries use, of the JDK that we were built with. */
final class TrimmedRuntime {

    /** Some are looked for by name at run time, where no tool that reads class files would find them. */
    private static final List<String> MODULES = List.of(
            "java.base",
            "java.compiler",
            // java.beans, which Micronaut and Jackson use.
            "java.desktop",
            "java.instrument",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.prefs",
            "java.rmi",
            "java.scripting",
            "java.security.jgss",
            "java.security.sasl",
            "java.sql",
            "java.transaction.xa",
            "java.xml",
            "jdk.charsets",
            "jdk.httpserver",
            "jdk.jfr",
            // jcmd, for a person who has to look.
            "jdk.jcmd",
            // Mails tell times in Japanese, too.
            "jdk.localedata",
            "jdk.management",
            "jdk.naming.dns",
            "jdk.net",
            // The embedded PostgreSQL asks it as whom it runs.
            "jdk.security.auth",
            "jdk.unsupported",
            "jdk.zipfs");

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private TrimmedRuntime() {}

    /** Returns at once where one was made of this very JDK before. */
    static Path make(Path jdk, Path runtime, JavaTools tools) {
        try {
            String wanted = Files.readString(jdk.resolve("release")) + MODULES;
            Path mark = runtime.resolveSibling(runtime.getFileName() + ".of");
            if (Files.exists(mark) && Files.readString(mark).equals(wanted)) {
                return runtime;
            }
            StagedHome.remove(runtime);
            tools.run(
                    jdk,
                    "jlink",
                    LIMIT,
                    new ArrayList<>(List.of(
                            "--output",
                            runtime.toString(),
                            "--add-modules",
                            String.join(",", MODULES),
                            "--include-locales",
                            "en,ja",
                            "--strip-java-debug-attributes",
                            "--no-header-files",
                            "--no-man-pages")));
            StagedHome.makeAllAsOld(runtime);
            // The classes of the runtime itself, read in one go at each start; made last, since it knows how old they
            // are.
            tools.run(runtime, "java", LIMIT, List.of("-Xshare:dump"));
            StagedHome.makeAllAsOld(runtime);
            Files.writeString(mark, wanted);
            return runtime;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a Java runtime in " + runtime, e);
        }
    }
}
