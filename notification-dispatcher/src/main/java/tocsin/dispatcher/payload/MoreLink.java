package tocsin.dispatcher.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.List;
import tocsin.schemas.Audience;
import tocsin.schemas.PackageKey;

/**
 * Where an organisation finds the downloads that a truncated notice left out: the download-tracker's {@code GET /v1/orgs/{org}/downloads}, which wants a
 * token of a member.
 */
public record MoreLink(URI trackerUrl, Audience.Organisation organisation) {

    /** The tracker takes no more at once. */
    private static final int MOST_VERSIONS = 100;

    /** Beyond it some proxies refuse a request; and a digest has up to thirty, in mails that programs cut where they are long. */
    private static final int LONGEST = 2_000;

    /**
     * @param versions affected ones that were fetched
     * @param oldest when the oldest download that the notice holds was fetched: others of the same millisecond may be missing, so it is asked for again
     */
    public String url(PackageKey packageKey, List<String> versions, Instant oldest) {
        return url(packageKey, versions, "&until=" + oldest.plusMillis(1));
    }

    /** Of all downloads of these versions. */
    String url(PackageKey packageKey, List<String> versions) {
        return url(packageKey, versions, "");
    }

    private String url(PackageKey packageKey, List<String> versions, String until) {
        String base = trackerUrl.toString().replaceFirst("/+$", "")
                + "/v1/orgs/" + encoded(organisation.orgId())
                + "/downloads?ecosystem=" + packageKey.ecosystem().wireName()
                + "&package=" + encoded(packageKey.name())
                + until;
        StringBuilder url = new StringBuilder(base);
        versions.stream().distinct().forEach(version -> url.append("&version=").append(encoded(version)));
        // Then with all versions of the package, for a reader to choose from.
        return versions.size() > MOST_VERSIONS || url.length() > LONGEST ? base : url.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
