package tocsin.local.images;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tocsin.schemas.Topics;

/**
 * What one image is of.
 *
 * @param name of the image
 * @param module whose jar it runs
 */
record ImageContent(String name, String module) {

    /** Where everything of ours lies in an image. */
    static final String HOME = "/opt/tocsin";

    /** Of the commands behind {@code ./tocsin}. */
    static final ImageContent TOOLS = new ImageContent("tools", "end-to-end");

    /** What asks a service whether it is well: {@code tocsin.service.health.ProbeMain} is in there. */
    static final String PROBE = HOME + "/probe.jar";

    /** Library of the services that has it. */
    static final String PROBE_LIBRARY = "service-defaults-";

    private static final String JAVA = HOME + "/runtime/bin/java";

    /** Of each service, and of the commands. */
    static List<ImageContent> all() {
        return java.util.stream.Stream.concat(
                        Topics.SERVICES.stream().map(service -> new ImageContent(service, service)),
                        java.util.stream.Stream.of(TOOLS))
                .toList();
    }

    boolean isService() {
        return !equals(TOOLS);
    }

    /** In a home and so in the image. */
    String jar() {
        return module + "/target/" + module + ".jar";
    }

    /** Its libraries, which the jar names. */
    String libraries() {
        return module + "/target/lib";
    }

    /** In a home and so in the image. */
    Path cacheIn(Path home) {
        return home.resolve(cache());
    }

    private String cache() {
        return module + "/target/" + module + ".aot";
    }

    /**
     * More options of the JVM come with the environment, as JAVA_TOOL_OPTIONS.
     *
     * @param cached whether the start-up cache is in the image
     */
    List<String> entrypoint(boolean cached) {
        List<String> words = new ArrayList<>(List.of(
                JAVA,
                // What a program prints is its own: the JVM complains elsewhere.
                "-Xlog:disable",
                "-Xlog:all=warning:stderr",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        if (cached) {
            // With one that does not fit, a JVM starts all the same and takes longer.
            words.add("-XX:AOTCache=" + HOME + "/" + cache());
        }
        if (!isService()) {
            words.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dtocsin.logs=/tmp/tocsin"));
        }
        words.addAll(List.of("-jar", HOME + "/" + jar()));
        return List.copyOf(words);
    }

    /** As in {@code registry.example.com/tocsin/webhook-sender:1.2}. */
    String reference(String registry, String tag) {
        String folder = registry.isEmpty() || registry.endsWith("/") ? registry : registry + "/";
        return (folder + name).toLowerCase(Locale.ROOT) + ":" + tag;
    }
}
