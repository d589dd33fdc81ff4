package tocsin.local.images;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.local.running.Complaint;

/** Writes images by Jib, which needs no container engine. What changes seldom lies in the layers below. */
final class ImageFactory {

    private static final Logger LOG = LoggerFactory.getLogger(ImageFactory.class);

    /** Nobody's in particular, and not root's; the chart says the same. */
    static final String USER = "10001:10001";

    private static final String SCRATCH = "scratch";
    private static final int HTTP = 8080;

    private final String base;
    private final boolean offline;

    /**
     * @param base a reference, {@code tar://FILE}, {@code docker://REFERENCE} of the engine here, or {@code scratch}
     * @param offline whether nothing may be fetched
     */
    ImageFactory(String base, boolean offline) {
        this.base = base;
        this.offline = offline;
    }

    /**
     * @param runtime what {@link TrimmedRuntime} made
     * @param papers what {@link Papers} gathered
     * @param tar replaced if it is there
     * @throws Complaint if the base cannot be had
     */
    void write(ImageContent content, String reference, StagedHome home, Path runtime, Path papers, Path tar) {
        Path layers = layersOfThisRun(tar);
        try {
            JibContainerBuilder image = from().setPlatforms(Set.of(new Platform(architecture(), "linux")))
                    .addFileEntriesLayer(folder("runtime", runtime, ImageContent.HOME + "/runtime"))
                    .addFileEntriesLayer(folder(
                            "libraries",
                            home.path().resolve(content.libraries()),
                            ImageContent.HOME + "/" + content.libraries()))
                    .addFileEntriesLayer(own(content, home))
                    .addFileEntriesLayer(folder("papers", papers, ImageContent.HOME + "/papers"))
                    .setUser(USER)
                    .setWorkingDirectory(AbsoluteUnixPath.get("/tmp"))
                    .setEntrypoint(content.entrypoint(Files.isRegularFile(content.cacheIn(home.path()))))
                    .setCreationTime(StagedHome.MODIFIED)
                    .setLabels(Map.of(
                            "org.opencontainers.image.title",
                            "tocsin " + content.name(),
                            "org.opencontainers.image.licenses",
                            "Apache-2.0"));
            if (content.isService()) {
                image.addExposedPort(Port.tcp(HTTP));
            }
            cache(content, home).ifPresent(image::addFileEntriesLayer);
            image.containerize(Containerizer.to(TarImage.at(tar).named(ImageReference.parse(reference)))
                    .setApplicationLayersCache(layers)
                    .setOfflineMode(offline)
                    .setToolName("tocsin")
                    .setAlwaysCacheBaseImage(false));
        } catch (InvalidImageReferenceException e) {
            throw new Complaint("no name of an image: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + tar, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Complaint("interrupted while writing " + tar, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Complaint("cannot make " + reference + " on " + base + ": " + cause.getMessage(), e);
        } catch (Exception e) {
            // Jib says as many kinds of no as there are registries.
            throw new Complaint("cannot make " + reference + " on " + base + ": " + e.getMessage(), e);
        } finally {
            forget(layers);
        }
    }

    /** Kept ones are found again by files' names and times, and ours are all equally old: an image would hold what was built once. */
    private static Path layersOfThisRun(Path tar) {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(tar.toAbsolutePath().getParent()), "layers");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write beside " + tar, e);
        }
    }

    private static void forget(Path layers) {
        try {
            StagedHome.remove(layers);
        } catch (IOException | UncheckedIOException e) {
            // After a failure some of Jib's threads may still write there. It is a folder of a build, and in nobody's
            // way.
            LOG.atDebug().setCause(e).addKeyValue("folder", layers).log("images.layers-left");
        }
    }

    private JibContainerBuilder from() throws InvalidImageReferenceException {
        return base.equals(SCRATCH) ? Jib.fromScratch() : Jib.from(base);
    }

    /** The runtime is of this machine's kind, and so is the image. */
    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }

    private static FileEntriesLayer own(ImageContent content, StagedHome home) throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("ours");
        add(layer, home.path().resolve(content.jar()), ImageContent.HOME + "/" + content.jar());
        if (content.isService()) {
            StagedHome.files(home.path().resolve(content.libraries())).stream()
                    .filter(library -> library.getFileName().toString().startsWith(ImageContent.PROBE_LIBRARY))
                    .forEach(library -> add(layer, library, ImageContent.PROBE));
        } else {
            addAll(layer, home.path().resolve("deploy"), ImageContent.HOME + "/deploy");
        }
        return layer.build();
    }

    private static Optional<FileEntriesLayer> cache(ImageContent content, StagedHome home) {
        Path cache = content.cacheIn(home.path());
        if (!Files.isRegularFile(cache)) {
            return Optional.empty();
        }
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("start cache");
        add(layer, cache, ImageContent.HOME + "/" + home.path().relativize(cache));
        return Optional.of(layer.build());
    }

    private static FileEntriesLayer folder(String name, Path from, String to) throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        addAll(layer, from, to);
        return layer.build();
    }

    private static void addAll(FileEntriesLayer.Builder layer, Path from, String to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(from)) {
            files = all.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
        files.forEach(file -> add(layer, file, to + "/" + from.relativize(file)));
    }

    private static void add(FileEntriesLayer.Builder layer, Path file, String to) {
        layer.addEntry(
                file,
                AbsoluteUnixPath.get(to),
                FilePermissions.fromOctalString(Files.isExecutable(file) ? "755" : "644"),
                StagedHome.MODIFIED);
    }
}
