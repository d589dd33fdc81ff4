package tocsin.local.images;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;

/** {@code images}: an image of each service and one of the commands, as tar files. */
@Command(
        name = "images",
        mixinStandardHelpOptions = true,
        description = "Writes container images as tar files; where a Docker engine answers, loads them into it.")
public final class ImagesCommand implements Callable<Integer> {

    private static final Duration ENGINE_LIMIT = Duration.ofMinutes(5);

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--base",
            paramLabel = "IMAGE",
            description = {
                "What the images stand on: any image with glibc. A reference, tar://FILE, docker://REFERENCE of the engine",
                "here, or scratch. Default ${DEFAULT-VALUE}."
            },
            defaultValue = "debian:trixie-slim")
    private String base = "debian:trixie-slim";

    @Option(
            names = "--registry",
            paramLabel = "PREFIX",
            description =
                    "Stands before the images' names, as in registry.example.com/tocsin; default ${DEFAULT-VALUE}.",
            defaultValue = "tocsin")
    private String registry = "tocsin";

    @Option(names = "--tag", paramLabel = "TAG", description = "Default ${DEFAULT-VALUE}.", defaultValue = "latest")
    private String tag = "latest";

    @Option(names = "--out", paramLabel = "FOLDER", description = "Where the tars go; default target/images.")
    private @Nullable Path out;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            description = "This image and no other: a service's name, or tools. May be repeated.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--without-cache",
            description = "Without the cache that makes starts short: made sooner, by a minute.")
    private boolean withoutCache;

    @Option(names = "--offline", description = "Fetch nothing; the base must be a tar, the engine's, or scratch.")
    private boolean offline;

    @Option(names = "--no-load", description = "Only write the tars.")
    private boolean noLoad;

    @Override
    public Integer call() {
        Home home = Home.find();
        List<ImageContent> wanted = wanted();
        Path folder = out == null ? home.path().resolve("target").resolve("images") : out;
        Path log = home.logs("images").resolve("images.log");
        JavaTools tools = new JavaTools(log);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder, e);
        }
        say("The Java runtime (the whole log: " + home.path().relativize(log) + ")");
        Path work = home.path().resolve("target").resolve("image-parts");
        Path runtime = TrimmedRuntime.make(Path.of(System.getProperty("java.home")), work.resolve("runtime"), tools);
        StagedHome staged = StagedHome.of(home, work.resolve("home"), ImageContent.all());
        if (!withoutCache) {
            say("What each service loads, while the demo rings the bell once");
            StartCache.make(
                    staged,
                    runtime,
                    wanted.stream().filter(ImageContent::isService).toList(),
                    tools);
        }
        ImageFactory factory = new ImageFactory(base, offline);
        boolean loading = !noLoad && engineAnswers(tools);
        for (ImageContent content : wanted) {
            Path papers = Papers.gather(home, staged, content, work.resolve("papers-" + content.name()));
            Path tar = folder.resolve(content.name() + ".tar");
            String reference = content.reference(registry, tag);
            factory.write(content, reference, staged, runtime, papers, tar);
            if (loading) {
                tools.run(List.of("docker", "load", "--quiet", "--input", tar.toString()), ENGINE_LIMIT);
            }
            say(String.format(
                    Locale.ROOT, "  %-45s %4d MB  %s%s", reference, size(tar) >> 20, tar, loading ? ", loaded" : ""));
        }
        if (!loading && !noLoad) {
            say("No Docker engine answers here: docker load --input FILE loads them where one does.");
        }
        return ExitCode.OK;
    }

    private List<ImageContent> wanted() {
        List<ImageContent> all = ImageContent.all();
        only.forEach(name -> {
            if (all.stream().noneMatch(content -> content.name().equals(name))) {
                throw new Complaint("there is no image " + name + "; there are "
                        + String.join(", ", all.stream().map(ImageContent::name).toList()));
            }
        });
        return all.stream()
                .filter(content -> only.isEmpty() || only.contains(content.name()))
                .toList();
    }

    private static boolean engineAnswers(JavaTools tools) {
        try {
            tools.run(List.of("docker", "info"), ENGINE_LIMIT);
            return true;
        } catch (Complaint | UncheckedIOException _) {
            return false;
        }
    }

    private static long size(Path tar) {
        try {
            return Files.size(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void say(String line) {
        PrintWriter printer = Objects.requireNonNull(spec).commandLine().getOut();
        printer.println(line);
        printer.flush();
    }
}
