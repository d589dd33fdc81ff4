package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.TokenRegistered;

/** An SMTP server that says nothing delays no webhook, and webhooks that nobody delivers delay no mail. */
class ChannelsDoNotWaitForEachOtherTest {

    private static final int CONNECTIONS = 8;
    /** More than there are connections to the SMTP server or to the database. */
    private static final int HOLDERS = 20;

    private static final int WEBHOOKS = 60;

    /** Much longer than a test waits. */
    private static final String PATIENCE = "PT5M";

    private static String holder(RunningDispatcher dispatcher) {
        String token = UUID.randomUUID().toString().replace("-", "").repeat(2);
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(address(token))
                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z")));
        return token;
    }

    private static String address(String token) {
        return token.substring(0, 12) + "@example.com";
    }

    private static void tell(RunningDispatcher dispatcher, String audience, int number) {
        dispatcher.match(Samples.matched(
                audience,
                Samples.advisory().setAdvisoryId("MAL-" + number).setPackageName("both-" + number),
                List.of(Samples.download("e-" + number + audience, "2026-04-15T08:30:00Z", Samples.human("u1")))));
    }

    @Test
    void asksForWebhooksWhileTheSmtpServerIsSilent() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 500, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
                RunningDispatcher dispatcher = RunningDispatcher.beside(Map.of(
                        "tocsin.smtp.port",
                        silent.getLocalPort(),
                        "tocsin.smtp.timeout",
                        PATIENCE,
                        "tocsin.smtp.concurrency",
                        CONNECTIONS,
                        "tocsin.campaign.window",
                        "PT0S"))) {
            // Given many mails that all wait for the server's greeting
            String org = RunningDispatcher.newOrg();
            dispatcher.withWebhook(org);
            for (int i = 0; i < HOLDERS; i++) {
                tell(dispatcher, "token:" + holder(dispatcher), i);
            }
            List<Socket> waiting = new ArrayList<>();
            while (waiting.size() < CONNECTIONS) {
                waiting.add(silent.accept());
            }
            await().atMost(RunningDispatcher.SOON)
                    .until(() -> pendingMails(dispatcher).equals(List.of(Integer.toString(HOLDERS))));

            // When
            for (int i = 0; i < WEBHOOKS; i++) {
                tell(dispatcher, "org:" + org, i);
            }

            // Then
            dispatcher.awaitWebhooks(org, WEBHOOKS);
            assertEquals(List.of(Integer.toString(HOLDERS)), pendingMails(dispatcher));
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static List<String> pendingMails(RunningDispatcher dispatcher) {
        return dispatcher.rows(
                "select count(*) from notification_dispatcher.ledger where destination = 'email' and state ="
                        + " 'pending'");
    }

    @Test
    void sendsMailsWhileNobodyDeliversWebhooks() {
        try (RunningDispatcher dispatcher = RunningDispatcher.beside(Map.of("tocsin.campaign.window", "PT0S"))) {
            // Given many webhooks that were asked for and never end
            String org = RunningDispatcher.newOrg();
            dispatcher.withWebhook(org);
            for (int i = 0; i < WEBHOOKS; i++) {
                tell(dispatcher, "org:" + org, i);
            }
            dispatcher.awaitWebhooks(org, WEBHOOKS);

            // When
            String token = holder(dispatcher);
            for (int i = 0; i < 10; i++) {
                tell(dispatcher, "token:" + token, i);
            }

            // Then
            dispatcher.awaitMails(address(token), 10);
        }
    }
}
