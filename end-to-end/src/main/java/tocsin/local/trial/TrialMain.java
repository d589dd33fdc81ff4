package tocsin.local.trial;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import tocsin.local.api.Onboarding;
import tocsin.local.api.Organisation;
import tocsin.local.api.PlatformClient;
import tocsin.local.running.ClockFactory;
import tocsin.local.running.Waiting;
import tocsin.local.stack.StackAddresses;
import tocsin.testsupport.Answer;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.MailCatcher;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.TokenIssuer;
import tocsin.testsupport.WebhookReceiver;

/**
 * Issuer of tokens, mail server and receiver of webhooks for services in containers. Arguments: a folder by which it and the script speak, the
 * address of this machine as containers see it, and the package of which the organisation is to be told. Ends with 0 once webhook and mail are
 * there.
 */
public final class TrialMain {

    /** A container's name of the machine that it runs on. */
    private static final String HOST = "host.docker.internal";

    private static final String ORGANISATION = "example-org";
    private static final Duration STARTING = Duration.ofMinutes(10);
    private static final Duration TELLING = Duration.ofMinutes(2);

    private TrialMain() {}

    public static void main(String... arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        InetAddress address = InetAddress.ofLiteral(arguments[1]);
        LocalAuthority authority = LocalAuthority.loadOrCreate(folder.resolve("authority"));
        Path trust = authority.writeTrustStore(folder.resolve("trust.p12"));
        // The sender's user is another one; nothing in there is secret.
        Files.setPosixFilePermissions(trust, PosixFilePermissions.fromString("rw-r--r--"));
        boolean isTold;
        try (TokenIssuer issuer = TokenIssuer.start();
                MailCatcher mail = MailCatcher.start();
                WebhookReceiver receiver =
                        WebhookReceiver.answering(authority, ClockFactory.system(), 0, List.of(Answer.of(200)));
                Door toIssuer = Door.at(address, URI.create(issuer.issuer()).getPort());
                Door toMail = Door.at(address, mail.port());
                Door toReceiver = Door.at(address, receiver.port())) {
            say(folder, "surroundings", """
                    export TOCSIN_ISSUER=%s TOCSIN_AUDIENCE=%s
                    export TOCSIN_JWKS_URL=http://%s:%d%s
                    export TOCSIN_SMTP_HOST=%s TOCSIN_SMTP_PORT=%d TOCSIN_SMTP_TLS=NONE
                    """.formatted(
                            issuer.issuer(),
                            issuer.audience(),
                            HOST,
                            toIssuer.port(),
                            URI.create(issuer.jwksUrl()).getPath(),
                            HOST,
                            toMail.port()));
            await(folder, "well");
            try (PlatformClient platform = new PlatformClient(addresses(issuer, receiver), issuer)) {
                URI hook = URI.create("https://" + HOST + ":" + toReceiver.port() + "/hook");
                Organisation organisation =
                        new Onboarding(hook, mail, platform).register(ORGANISATION, "security@example.org", "en");
                say(folder, "registered", organisation.endpoint().id() + "\n");
                isTold = isTold(organisation, receiver, mail, arguments[2]);
            }
        }
        System.exit(isTold ? 0 : 1);
    }

    private static boolean isTold(
            Organisation organisation, WebhookReceiver receiver, MailCatcher mail, String packageName) {
        boolean isTold = Waiting.until(
                () -> webhooks(receiver, packageName).size() == 1
                        && mails(organisation, mail, packageName).size() == 1,
                TELLING);
        for (ReceivedRequest webhook : webhooks(receiver, packageName)) {
            isTold &= isSigned(organisation, webhook);
            System.out.println("webhook " + webhook.header("webhook-id").orElse("?") + " at " + webhook.receivedAt()
                    + ": " + webhook.bodyText());
        }
        for (CaughtMail each : mails(organisation, mail, packageName)) {
            System.out.println("mail to " + each.to() + " at " + each.receivedAt() + ": " + each.subject());
        }
        System.out.flush();
        return isTold;
    }

    private static boolean isSigned(Organisation organisation, ReceivedRequest webhook) {
        try {
            new Webhook(organisation.endpoint().secret()).verify(webhook.bodyText(), webhook.headers());
            return true;
        } catch (WebhookVerificationException e) {
            System.out.println("the signature is not good: " + e.getMessage());
            return false;
        }
    }

    private static List<ReceivedRequest> webhooks(WebhookReceiver receiver, String packageName) {
        return receiver.received().stream()
                .filter(request -> request.bodyText().contains('"' + packageName + '"'))
                .toList();
    }

    private static List<CaughtMail> mails(Organisation organisation, MailCatcher mail, String packageName) {
        return mail.messages().stream()
                .filter(each -> each.to().contains(organisation.address()))
                .filter(each -> each.text().orElse("").contains(packageName))
                .toList();
    }

    /** As {@code deploy/compose.yaml} publishes them. */
    private static StackAddresses addresses(TokenIssuer issuer, WebhookReceiver receiver) {
        return new StackAddresses(
                URI.create("http://127.0.0.1:18080"),
                URI.create("http://127.0.0.1:18081"),
                URI.create("http://127.0.0.1:18082"),
                URI.create("http://127.0.0.1:18083"),
                "kafka:9092",
                "jdbc:postgresql://postgres:5432/tocsin",
                "mail:1025",
                URI.create(issuer.jwksUrl()),
                URI.create(receiver.url()));
    }

    /** Whole or not at all. */
    private static void say(Path folder, String what, String text) throws IOException {
        Path draft = Files.writeString(folder.resolve(what + ".new"), text);
        Files.move(draft, folder.resolve(what));
    }

    private static void await(Path folder, String what) {
        if (!Waiting.until(() -> Files.exists(folder.resolve(what)), STARTING)) {
            throw new IllegalStateException("nobody said " + what);
        }
    }
}
