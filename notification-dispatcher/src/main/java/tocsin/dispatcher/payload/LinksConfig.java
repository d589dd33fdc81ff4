package tocsin.dispatcher.payload;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.service.MissingConfiguration;

/**
 * Where people reach what notices point to.
 *
 * @param trackerUrl the download-tracker's API, such as {@code https://tocsin.example.com}; absent: no notice points there
 */
@ConfigurationProperties("tocsin.links")
public record LinksConfig(@Nullable URI trackerUrl) {

    /** @throws MissingConfiguration for what is no web address */
    public LinksConfig {
        if (trackerUrl != null
                && (trackerUrl.getHost() == null
                        || !("https".equals(trackerUrl.getScheme()) || "http".equals(trackerUrl.getScheme())))) {
            throw new MissingConfiguration("tocsin.links.tracker-url is no http or https URL");
        }
    }

    /** @return empty where there is nothing to point to */
    public Optional<MoreLink> more(Audience audience) {
        return switch (audience) {
            case Audience.Organisation organisation ->
                Optional.ofNullable(trackerUrl).map(url -> new MoreLink(url, organisation));
            // Only organisations can ask the tracker.
            case Audience.Token _ -> Optional.empty();
        };
    }
}
