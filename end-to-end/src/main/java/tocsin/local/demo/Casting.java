package tocsin.local.demo;

import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tocsin.local.api.PlatformClient;
import tocsin.local.api.WebhookEndpoint;
import tocsin.local.running.Complaint;
import tocsin.local.running.Waiting;
import tocsin.local.stack.LocalStack;

/** Registers everybody, through the same routes and the same mails as anywhere. */
final class Casting {

    private static final Duration MAIL_LIMIT = Duration.ofSeconds(30);

    private final LocalStack stack;
    private final PlatformClient platform;
    private final Clock clock;

    Casting(LocalStack stack, PlatformClient platform, Clock clock) {
        this.stack = stack;
        this.platform = platform;
        this.clock = clock;
    }

    Cast register() {
        String orgToken = newTokenId();
        String personalToken = newTokenId();
        String personalAddress = "developer@example.com";
        platform.registerOrgToken(
                orgToken, "example-org", Map.of("type", "org_token", "id", "deploy-token", "name", "deploy token"));
        platform.registerPersonalToken(personalToken, personalAddress, clock.instant(), "en");
        return new Cast(
                organisation("example-org", "security@example.org"),
                organisation("other-org", "alarms@example.net"),
                personalToken,
                personalAddress,
                orgToken);
    }

    private Cast.Organisation organisation(String org, String address) {
        platform.entitle(org);
        WebhookEndpoint endpoint = platform.registerEndpoint(
                org, URI.create(stack.receiver().url() + "/" + org), List.of("guard.malicious_package_detected"));
        platform.allowAddress(org, address, "en");
        platform.confirm(linkSentTo(address));
        platform.saveBreachNotifications(org, Optional.of(endpoint.id()), Optional.of(address), "en");
        return new Cast.Organisation(org, endpoint, address);
    }

    private URI linkSentTo(String address) {
        return Waiting.forValue(
                        () -> stack.mail().messages().stream()
                                .filter(mail -> mail.to().contains(address))
                                .flatMap(mail -> PlatformClient.confirmationLink(
                                        mail.text().orElse(""))
                                        .stream())
                                .findFirst(),
                        MAIL_LIMIT)
                .orElseThrow(() -> new Complaint("no mail with a link to confirm came to " + address));
    }

    /** What a proxy would make of a token that it was shown. */
    private static String newTokenId() {
        byte[] token = new byte[32];
        new SecureRandom().nextBytes(token);
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
