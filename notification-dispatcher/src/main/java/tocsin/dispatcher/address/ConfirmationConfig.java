package tocsin.dispatcher.address;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tocsin.service.MissingConfiguration;

/**
 * Links that confirm an address.
 *
 * @param key signs the links: at least 32 characters, the same on every instance, never printed. The service does not start without
 * @param baseUrl where people reach this service, such as {@code https://tocsin.example.com}. The service does not start without
 * @param validFor how long a link is good
 * @param resendAfter how long until another mail goes to the same unconfirmed address
 * @param addresses how many addresses an organisation may have
 * @param mailsToAddress how many mails may ask one address within 24 hours, for all organisations together
 * @param mailsOfOrganisation how many mails one organisation may have sent within 24 hours
 */
@ConfigurationProperties("tocsin.confirmation")
record ConfirmationConfig(
        String key,
        URI baseUrl,
        @Bindable(defaultValue = "PT48H") Duration validFor,
        @Bindable(defaultValue = "PT1M") Duration resendAfter,
        @Bindable(defaultValue = "100") int addresses,
        @Bindable(defaultValue = "3") int mailsToAddress,
        @Bindable(defaultValue = "50") int mailsOfOrganisation) {

    private static final int SHORTEST_KEY = 32;

    /** @throws MissingConfiguration without key and base URL */
    ConfirmationConfig(
            @Nullable String key,
            @Nullable URI baseUrl,
            @Bindable(defaultValue = "PT48H") Duration validFor,
            @Bindable(defaultValue = "PT1M") Duration resendAfter,
            @Bindable(defaultValue = "100") int addresses,
            @Bindable(defaultValue = "3") int mailsToAddress,
            @Bindable(defaultValue = "50") int mailsOfOrganisation) {
        if (key == null || key.isBlank()) {
            throw MissingConfiguration.of("tocsin.confirmation.key");
        }
        if (key.length() < SHORTEST_KEY) {
            throw new MissingConfiguration("tocsin.confirmation.key has fewer than " + SHORTEST_KEY + " characters");
        }
        if (baseUrl == null) {
            throw MissingConfiguration.of("tocsin.confirmation.base-url");
        }
        if (!"https".equals(baseUrl.getScheme()) && !"http".equals(baseUrl.getScheme())) {
            throw new MissingConfiguration("tocsin.confirmation.base-url is no http or https URL");
        }
        this.key = key;
        this.baseUrl = baseUrl;
        this.validFor = validFor;
        this.resendAfter = resendAfter;
        this.addresses = addresses;
        this.mailsToAddress = mailsToAddress;
        this.mailsOfOrganisation = mailsOfOrganisation;
    }

    /** The page of one token. */
    String link(String token) {
        return link("/email-confirmations/", token);
    }

    /** The page that stops mails. */
    String unsubscribeLink(String token) {
        return link("/unsubscribe/", token);
    }

    private String link(String path, String token) {
        return baseUrl.toString().replaceFirst("/$", "") + path + token;
    }

    @Override
    public String toString() {
        return "ConfirmationConfig[validFor=" + validFor + "]";
    }
}
