package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.ledger.Notification;

/**
 * Mails as a browser shows them; pictures lie in {@code target/browser}. Where no Chromium is found, it says so in one line.
 */
class MailInBrowserTest {

    private static final Logger LOG = LoggerFactory.getLogger(MailInBrowserTest.class);
    private static final List<String> ASKED = new CopyOnWriteArrayList<>();

    private static HttpServer proxy;
    private static Optional<Browser> browser = Optional.empty();

    private final EmailComposer composer = new EmailComposer();

    @BeforeAll
    static void start() throws IOException {
        proxy = HttpServer.create(
                new InetSocketAddress(InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}), 0), 50);
        proxy.createContext("/", exchange -> {
            ASKED.add(exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        proxy.start();
        browser = Browser.find(proxy.getAddress().getPort(), Path.of("target/browser"));
        if (browser.isEmpty()) {
            LOG.atInfo().log("browser.not-asked");
            Assumptions.abort("no Chromium is found");
        }
    }

    @AfterAll
    static void stop() {
        proxy.stop(0);
    }

    private static Browser browser() {
        return browser.orElseThrow();
    }

    /** What the browser asks for by itself is not the page's. */
    private static List<String> askedOfExample() {
        return ASKED.stream().filter(it -> it.contains("example")).toList();
    }

    /** What WCAG 2.2 asks of small text (1.4.3, level AA). */
    private static final double READABLE = 4.5;

    @ParameterizedTest
    @CsvSource({
        "breach-en, 360, false",
        "breach-en, 360, true",
        "breach-en, 1200, false",
        "breach-en, 1200, true",
        "breach-ja, 360, true",
        "breach-ja, 1200, false",
        "vulnerability-en, 360, false",
        "vulnerability-ja, 1200, true",
        "withdrawn-en, 360, true",
        "withdrawn-ja, 1200, false",
        "digest-en, 360, false",
        "digest-en, 360, true",
        "digest-en, 1200, false",
        "digest-en, 1200, true",
    })
    void fitsAPhoneAndAScreenAndIsReadableByDayAndByNight(String name, int width, boolean dark) {
        // When
        Browser.Shown shown = browser().show(name, html(name), width, dark);

        // Then nothing is cut off and nothing is scrolled to the side
        assertEquals(width, shown.neededWidth());
        assertEquals(0, shown.brokenWords());
        assertTrue(shown.leastContrast() >= READABLE, shown.toString());
        assertTrue(dark ? shown.background() < 0.05 : shown.background() > 0.95, shown.toString());
        assertEquals(List.of(), askedOfExample());
    }

    @Test
    void seesWhatIsHardToRead() {
        // When
        Browser.Shown shown = browser()
                .show(
                        "faint",
                        "<html><head></head><body style='background:#fff'>a<p style='color:#999'>b</p></body></html>",
                        360,
                        false);

        // Then
        assertEquals(2.85, shown.leastContrast());
    }

    private String html(String name) {
        return switch (name) {
            case "breach-en" ->
                composer.breach(MailSamples.malware(), Language.EN).html();
            case "breach-ja" ->
                composer.breach(MailSamples.malware(), Language.JA).html();
            case "vulnerability-en" ->
                composer.breach(MailSamples.vulnerability(), Language.EN).html();
            case "vulnerability-ja" ->
                composer.breach(MailSamples.vulnerability(), Language.JA).html();
            case "withdrawn-en" ->
                composer.withdrawn(MailSamples.withdrawn(), Language.EN).html();
            case "withdrawn-ja" ->
                composer.withdrawn(MailSamples.withdrawn(), Language.JA).html();
            case "digest-en" ->
                composer.digest(MailSamples.undelivered(), Language.EN).html();
            default -> throw new IllegalArgumentException(name);
        };
    }

    @Test
    void asksNobodyForAnythingWhateverAFeedSays() {
        // Given
        String hostile =
                "<img src=\"http://evil.example.com/pixel.png\"><script src='http://evil.example.com/a.js'></script>"
                        + "<style>@import 'http://evil.example.com/a.css'</style>";
        String name = "a".repeat(200) + "<img/src=http://evil.example.com/b.png>";
        BreachNotice notice = MailSamples.notice(
                "org:acme",
                Samples.advisory().setSummary(hostile).setPackageName(name).setAdvisoryUrl("http://evil.example.com/c"),
                List.of(Samples.download("e1", "2026-04-15T08:30:00Z", Samples.bot(hostile, hostile))),
                false,
                Notification.Kind.BREACH);

        // When
        Browser.Shown shown =
                browser().show("hostile", composer.breach(notice, Language.EN).html(), 360, false);

        // Then
        assertEquals(360, shown.neededWidth());
        assertEquals(List.of(), askedOfExample());

        // When it is another page, which does ask
        browser().show("asks", "<html><head></head><body>" + hostile + "</body></html>", 360, false);

        // Then that is seen
        assertTrue(askedOfExample().contains("http://evil.example.com/pixel.png"), ASKED.toString());
        ASKED.clear();
    }
}
