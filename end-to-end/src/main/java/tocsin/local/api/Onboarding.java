package tocsin.local.api;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import tocsin.local.running.Complaint;
import tocsin.local.running.Waiting;
import tocsin.local.stack.LocalStack;
import tocsin.testsupport.MailCatcher;

/** Registers organisations through the same routes and the same mails as anywhere. */
public final class Onboarding {

    private static final Duration MAIL_LIMIT = Duration.ofSeconds(30);

    private final URI receiver;
    private final MailCatcher mail;
    private final PlatformClient platform;

    public Onboarding(LocalStack stack, PlatformClient platform) {
        this(URI.create(stack.receiver().url()), stack.mail(), platform);
    }

    /**
     * @param receiver that the sender reaches; any path below it is taken
     * @param mail that the dispatcher's mails come to
     */
    public Onboarding(URI receiver, MailCatcher mail, PlatformClient platform) {
        this.receiver = receiver;
        this.mail = mail;
        this.platform = platform;
    }

    /** Everything bought, an endpoint below the sample receiver, the address confirmed by the link in its mail, both switched on. */
    public Organisation register(String org, String address, String language) {
        platform.entitle(org);
        WebhookEndpoint endpoint = platform.registerEndpoint(
                org, URI.create(receiver + "/" + org), List.of("guard.malicious_package_detected"));
        platform.allowAddress(org, address, language);
        platform.confirm(linkSentTo(address));
        platform.saveBreachNotifications(org, endpoint.id(), address, language);
        return new Organisation(org, endpoint, address);
    }

    private URI linkSentTo(String address) {
        return Waiting.forValue(
                        () -> mail.messages().stream()
                                .filter(each -> each.to().contains(address))
                                .flatMap(each -> PlatformClient.confirmationLink(
                                        each.text().orElse(""))
                                        .stream())
                                .findFirst(),
                        MAIL_LIMIT)
                .orElseThrow(() -> new Complaint("no mail with a link to confirm came to " + address));
    }
}
