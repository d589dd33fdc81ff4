package tocsin.local.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;

/** What goes with the software: what is inside, by CycloneDX, and under which licences, in the words of each. */
final class Papers {

    /** Of a module's bill of materials, as the build makes it. */
    static final String BILL = "bom.json";

    private static final Pattern LICENCE =
            Pattern.compile("(?:META-INF/)?(?:LICEN[CS]E|NOTICE|COPYING|COPYRIGHT)[^/]*", Pattern.CASE_INSENSITIVE);
    private static final long LARGEST = 1 << 20;

    private Papers() {}

    /** @return the folder in which they lie @throws Complaint if there is no bill of materials */
    static Path gather(Home home, StagedHome staged, ImageContent content, Path folder) {
        Path bill = home.path().resolve(content.module()).resolve("target").resolve(BILL);
        if (!Files.isRegularFile(bill)) {
            throw new Complaint(bill + " is not there; ./tocsin images makes it");
        }
        try {
            Path licences = Files.createDirectories(folder.resolve("licences"));
            Files.writeString(folder.resolve(BILL), Files.readString(bill));
            Files.writeString(
                    licences.resolve("tocsin"), Files.readString(home.path().resolve("LICENSE")));
            for (Path jar : staged.jarsOf(content)) {
                unpackLicences(jar, licences);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot gather the licences of " + content.name(), e);
        }
    }

    private static void unpackLicences(Path jar, Path licences) throws IOException {
        String library = jar.getFileName().toString().replaceFirst("[.]jar$", "");
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> texts = zip.stream()
                    .filter(entry -> !entry.isDirectory() && entry.getSize() <= LARGEST)
                    .filter(entry -> LICENCE.matcher(entry.getName()).matches())
                    .filter(entry -> !entry.getName().endsWith(".class"))
                    .toList();
            for (ZipEntry text : texts) {
                String name = text.getName().replaceFirst("^META-INF/", "");
                Path to = licences.resolve(library).resolve(name);
                Files.createDirectories(to.getParent());
                try (InputStream in = zip.getInputStream(text)) {
                    Files.write(to, in.readAllBytes());
                }
            }
        }
    }
}
