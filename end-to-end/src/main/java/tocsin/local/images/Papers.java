package tocsin.local.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tocsin.local.running.Complaint;
import tocsin.local.running.Home;

/**
 * What goes with the software: what is inside, by CycloneDX, and under which licences, in the words of each. A library that does not bring
 * its licence's text along has it in its general form, and who holds the rights beside it, where the licence wants that to be told.
 */
final class Papers {

    /** Of a module's bill of materials, as the build makes it. */
    static final String BILL = "bom.json";

    /** Which library is under which licence, and where the text lies. */
    static final String INDEX = "README";

    private static final String TEXTS = "texts";

    private static final Pattern WORDS = Pattern.compile(
            "(?:.*/)?[^/]*(?:LICEN[CS]E|NOTICE|COPYING|COPYRIGHT)[^/]*|META-INF/LICEN[CS]ES?/.+",
            Pattern.CASE_INSENSITIVE);

    /** Of the library itself, not of what it took in. */
    private static final Pattern OWN_LICENCE =
            Pattern.compile("(?:META-INF/)?(?:LICEN[CS]E|COPYING)[^/]*", Pattern.CASE_INSENSITIVE);

    /** General forms with a place for whose the library is. */
    private static final Pattern FORM =
            Pattern.compile("<(?:year|owner|copyright holders?)>", Pattern.CASE_INSENSITIVE);

    /** Such forms that need not be passed on. */
    private static final Set<String> WANTS_NO_NOTICE = Set.of("MIT-0", "0BSD");

    private static final long LARGEST = 1 << 20;

    private final Bill bill;
    private final Path licences;
    private final Properties copyrights;

    private Papers(Bill bill, Path licences, Properties copyrights) {
        this.bill = bill;
        this.licences = licences;
        this.copyrights = copyrights;
    }

    /**
     * @return the folder in which they lie
     * @throws Complaint if there is no bill of materials, or a library that it does not name, or whose licence has no text
     */
    static Path gather(Home home, StagedHome staged, ImageContent content, Path folder) {
        Path bill = home.path().resolve(content.module()).resolve("target").resolve(BILL);
        if (!Files.isRegularFile(bill)) {
            throw new Complaint(bill + " is not there; ./tocsin images makes it");
        }
        try {
            StagedHome.remove(folder);
            Papers papers = new Papers(
                    Bill.read(Files.readString(bill)),
                    Files.createDirectories(folder.resolve("licences")),
                    copyrights());
            Files.writeString(folder.resolve(BILL), papers.bill.json());
            Files.writeString(
                    papers.licences.resolve("tocsin"),
                    Files.readString(home.path().resolve("LICENSE")));
            papers.write(StagedHome.files(staged.path().resolve(content.libraries())));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot gather the licences of " + content.name(), e);
        }
    }

    private void write(List<Path> jars) throws IOException {
        StringBuilder index = new StringBuilder("""
                Which library of this image is under which licence, and where the text lies: its own where it brings one along,
                else the general form in texts/, by SPDX. Where several are named, the library says whether one of them or all.

                """);
        for (Path jar : jars) {
            index.append(line(jar)).append('\n');
        }
        Files.writeString(licences.resolve(INDEX), index);
    }

    private String line(Path jar) throws IOException {
        String file = jar.getFileName().toString();
        Bill.Library library = bill.libraries().get(file);
        if (library == null) {
            throw new Complaint("the bill of materials does not name " + file);
        }
        List<String> where = unpack(jar);
        String copyright = "";
        if (where.isEmpty()) {
            List<String> texts = bill.textsOf(library);
            if (texts.isEmpty()) {
                throw new Complaint("no text of the licence of " + file + ": " + library.licences());
            }
            for (String text : texts) {
                where.add(general(text));
            }
            if (texts.stream().allMatch(this::wantsNotice)) {
                copyright = "; " + copyrightOf(library, file);
            }
        }
        return file + ": " + String.join(", ", library.licences()) + ": " + String.join(", ", where) + copyright;
    }

    private String copyrightOf(Bill.Library library, String file) {
        String copyright = copyrights.getProperty(library.name(), "");
        if (copyright.isEmpty()) {
            throw new Complaint("whose " + file + " is has to be told: add it to copyrights.properties");
        }
        return copyright;
    }

    private boolean wantsNotice(String id) {
        return !WANTS_NO_NOTICE.contains(id)
                && FORM.matcher(bill.texts().getOrDefault(id, "")).find();
    }

    private String general(String id) throws IOException {
        Path text = licences.resolve(TEXTS).resolve(id);
        Files.createDirectories(text.getParent());
        Files.writeString(text, bill.texts().getOrDefault(id, ""));
        return TEXTS + "/" + id;
    }

    /** Everything that has such a name. @return where the library's own licence lies, if it brings one */
    private List<String> unpack(Path jar) throws IOException {
        String library = jar.getFileName().toString().replaceFirst("[.]jar$", "");
        Path folder = licences.resolve(library);
        List<String> own = new ArrayList<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> texts = zip.stream()
                    .filter(entry -> !entry.isDirectory() && entry.getSize() <= LARGEST)
                    .filter(entry -> WORDS.matcher(entry.getName()).matches())
                    .filter(entry -> !entry.getName().endsWith(".class"))
                    .toList();
            for (ZipEntry text : texts) {
                Path to = folder.resolve(text.getName().replaceFirst("^META-INF/", ""))
                        .normalize();
                if (!to.startsWith(folder)) {
                    throw new Complaint(jar.getFileName() + " holds a file that lies outside of it");
                }
                Files.createDirectories(to.getParent());
                try (InputStream in = zip.getInputStream(text)) {
                    Files.write(to, in.readAllBytes());
                }
                if (OWN_LICENCE.matcher(text.getName()).matches()) {
                    own.add(licences.relativize(to).toString());
                }
            }
        }
        return own;
    }

    private static Properties copyrights() throws IOException {
        Properties copyrights = new Properties();
        try (InputStream in = Papers.class.getResourceAsStream("copyrights.properties")) {
            if (in == null) {
                throw new IllegalStateException("copyrights.properties is not in this jar");
            }
            copyrights.load(in);
        }
        return copyrights;
    }
}
