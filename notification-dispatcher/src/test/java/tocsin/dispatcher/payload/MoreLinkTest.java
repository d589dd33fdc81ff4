package tocsin.dispatcher.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.service.MissingConfiguration;

class MoreLinkTest {

    private static final Instant OLDEST = Instant.parse("2026-04-15T08:30:00Z");

    private static String url(String base, String name, List<String> versions) {
        return new MoreLink(URI.create(base), new Audience.Organisation("acme"))
                .url(new PackageKey(Ecosystem.NPM, name), versions, OLDEST);
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example.com,      example-pkg,  1.0.0,     https://a.example.com,     example-pkg,       1.0.0",
        "https://a.example.com/,     @scope/pkg,   1.0.0+b 1, https://a.example.com,     %40scope%2Fpkg,    1.0.0%2Bb%201",
        "http://a.example.com:80/x//, a&b,          ü,         http://a.example.com:80/x, a%26b,            %C3%BC"
    })
    void asksTheTrackerForThePackageAndItsVersions(
            String base, String name, String version, String shownBase, String shownName, String shownVersion) {
        assertEquals(
                shownBase + "/v1/orgs/acme/downloads?ecosystem=npm&package=" + shownName
                        + "&until=2026-04-15T08:30:00.001Z&version=" + shownVersion,
                url(base, name, List.of(version, version)));
    }

    @Test
    void asksForAllVersionsWhereTheTrackerTakesNoMore() {
        // Given
        List<String> versions =
                IntStream.range(0, 101).mapToObj(it -> "1.0." + it).toList();
        List<String> longOnes =
                IntStream.range(0, 50).mapToObj(it -> "1".repeat(100) + it).toList();

        // When / Then
        String all =
                "https://a.example.com/v1/orgs/acme/downloads?ecosystem=npm&package=p&until=2026-04-15T08:30:00.001Z";
        assertEquals(all, url("https://a.example.com", "p", versions));
        assertEquals(all, url("https://a.example.com", "p", longOnes));
        assertTrue(url("https://a.example.com", "p", versions.subList(0, 100)).endsWith("&version=1.0.99"));
    }

    @Test
    void isThereForOrganisationsAndWhereItIsConfigured() {
        LinksConfig links = new LinksConfig(URI.create("https://a.example.com"));
        assertEquals(Optional.empty(), links.more(new Audience.Token("a".repeat(64))));
        assertEquals(Optional.empty(), new LinksConfig(null).more(new Audience.Organisation("acme")));
        assertEquals(
                "acme",
                links.more(new Audience.Organisation("acme"))
                        .orElseThrow()
                        .organisation()
                        .orgId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a.example.com", "a.example.com", "https:///x", "https:x"})
    void refusesToStartWithAnotherAddress(String url) {
        assertThrows(MissingConfiguration.class, () -> new LinksConfig(URI.create(url)));
    }
}
