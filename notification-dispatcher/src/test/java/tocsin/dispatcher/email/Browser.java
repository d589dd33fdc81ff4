package tocsin.dispatcher.email;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium, where this machine has one, whose every request goes to a proxy of the test's. */
final class Browser {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final long LONGEST_SECONDS = 60;
    private static final int NARROWEST = 500;
    private static final Pattern MEASURED = Pattern.compile("<title>(\\d+) ([0-9.]+) ([0-9.]+) (\\d+)</title>");

    /** By WCAG 2.2, "relative luminance" and "contrast ratio". */
    private static final String MEASURE = """
            <script>addEventListener('load', () => {
              const rgb = text => text.match(/[0-9.]+/g).map(Number);
              const luminance = color => rgb(color).slice(0, 3).map(it => it / 255)
                .map(it => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
                .reduce((sum, it, i) => sum + it * [0.2126, 0.7152, 0.0722][i], 0);
              const clear = color => color === 'transparent' || rgb(color)[3] === 0;
              const behind = element => {
                let at = element;
                while (at && clear(getComputedStyle(at).backgroundColor)) at = at.parentElement;
                return at ? getComputedStyle(at).backgroundColor : 'rgb(255, 255, 255)';
              };
              const contrast = element => {
                const [low, high] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => a - b);
                return (high + 0.05) / (low + 0.05);
              };
              const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              let least = 21;
              while (texts.nextNode()) {
                const parent = texts.currentNode.parentElement;
                if (texts.currentNode.data.trim() && parent.tagName !== 'SCRIPT') least = Math.min(least, contrast(parent));
              }
              const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              let broken = 0;
              while (words.nextNode()) {
                const text = words.currentNode.data;
                if (text.length > 20 || /\\s/.test(text)) continue;
                const range = document.createRange();
                range.selectNodeContents(words.currentNode);
                if (range.getClientRects().length > 1) broken++;
              }
              parent.postMessage([document.documentElement.scrollWidth, least.toFixed(2),
                luminance(behind(document.body)).toFixed(3), broken].join(' '), '*');
            })</script>
            """;

    /**
     * A page as it was shown.
     *
     * @param neededWidth how wide it would have to be for nothing to be cut off, in pixels
     * @param leastContrast of its texts against what is behind them: 1 to 21
     * @param background how light it is: 0 to 1
     * @param brokenWords texts without a space, no longer than a time, that take more than one line
     */
    record Shown(int neededWidth, double leastContrast, double background, int brokenWords) {}

    private final String program;
    private final int proxyPort;
    private final Path folder;

    private Browser(String program, int proxyPort, Path folder) {
        this.program = program;
        this.proxyPort = proxyPort;
        this.folder = folder;
    }

    /**
     * @param folder for pages and screenshots
     * @return empty where there is none
     */
    static Optional<Browser> find(int proxyPort, Path folder) {
        return NAMES.stream()
                .filter(Browser::isThere)
                .findFirst()
                .map(program -> new Browser(program, proxyPort, folder));
    }

    private static boolean isThere(String name) {
        return Stream.of(System.getenv("PATH").split(":", -1)).anyMatch(it -> Files.isExecutable(Path.of(it, name)));
    }

    /** Shows the page and keeps a picture of it for people. */
    Shown show(String name, String html, int width, boolean dark) {
        try {
            Files.createDirectories(folder);
            Path page = folder.resolve(name + ".html").toAbsolutePath();
            Files.writeString(page, html.replace("</head>", MEASURE + "</head>"));
            Path frame = folder.resolve(name + ".frame.html").toAbsolutePath();
            // No window is as narrow as a phone, so the page is shown in a frame.
            Files.writeString(frame, """
                    <!doctype html><html><head><meta name="color-scheme" content="light dark"><title></title>
                    <script>addEventListener('message', told => document.title = told.data)</script></head>
                    <body style="margin:0"><iframe src="%s" width="%d" height="1800" style="border:0"></iframe></body></html>
                    """.formatted(page.toUri(), width));
            Path picture = folder.resolve(name + "-" + width + (dark ? "-dark" : "") + ".png")
                    .toAbsolutePath();
            Files.deleteIfExists(picture);
            Path out = folder.resolve(name + ".out").toAbsolutePath();
            List<String> command = new ArrayList<>(List.of(
                    program,
                    "--headless=new",
                    // This machine's user may be root; the page is ours.
                    "--no-sandbox",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--no-first-run",
                    "--user-data-dir=" + folder.resolve("profile").toAbsolutePath(),
                    "--proxy-server=http://127.0.0.1:" + proxyPort,
                    "--window-size=" + Math.max(width, NARROWEST) + ",1800",
                    "--screenshot=" + picture,
                    // Until the page has said how wide it is.
                    "--virtual-time-budget=3000",
                    "--dump-dom"));
            if (dark) {
                command.add("--blink-settings=preferredColorScheme=0");
            }
            command.add(frame.toUri().toString());
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectOutput(out.toFile())
                    .start();
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the browser did not end");
            }
            Matcher measured = MEASURED.matcher(Files.readString(out, UTF_8));
            if (!measured.find() || !Files.exists(picture)) {
                throw new AssertionError("the browser showed nothing and ended with " + process.exitValue());
            }
            return new Shown(
                    Integer.parseInt(measured.group(1)),
                    Double.parseDouble(measured.group(2)),
                    Double.parseDouble(measured.group(3)),
                    Integer.parseInt(measured.group(4)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
