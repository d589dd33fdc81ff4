package tocsin.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.ssl.SSLContexts;

/**
 * The limit: posts a body that is already there over and over until it is stopped, by the HTTP client that the sender has. Nothing is read, looked up,
 * signed, vetted, logged or told.
 */
final class BareClientMain {

    private BareClientMain() {}

    /** @param arguments URL, trust store, its password, requests at a time */
    public static void main(String... arguments) throws IOException, GeneralSecurityException, InterruptedException {
        int atATime = Integer.parseInt(arguments[3]);
        PoolingHttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(SSLContexts.custom()
                        .loadTrustMaterial(Path.of(arguments[1]).toFile(), arguments[2].toCharArray())
                        .build()))
                .setMaxConnTotal(atATime)
                .setMaxConnPerRoute(atATime)
                .build();
        byte[] body =
                ("{\"type\":\"guard.malicious_package_detected\",\"timestamp\":\"2026-04-17T12:00:00.000Z\",\"data\":"
                                + RequestedProducer.DATA + "}")
                        .getBytes(UTF_8);
        try (CloseableHttpClient http = HttpClients.custom()
                .setConnectionManager(connections)
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableRedirectHandling()
                .build()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < atATime; i++) {
                threads.add(Thread.ofVirtual().start(() -> post(http, arguments[0], body)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void post(CloseableHttpClient http, String url, byte[] body) {
        String id = "msg_" + UUID.randomUUID();
        while (!Thread.currentThread().isInterrupted()) {
            HttpPost post = new HttpPost(url);
            // As many and as long as the sender's, so that the receiver has the same to read.
            post.addHeader("content-type", "application/json");
            post.addHeader("user-agent", "Tocsin-Webhooks/1.0");
            post.addHeader("webhook-id", id);
            post.addHeader("webhook-timestamp", "1776427200");
            post.addHeader("webhook-signature", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=");
            post.setEntity(new ByteArrayEntity(body, null));
            try {
                http.execute(post, response -> response.getCode());
            } catch (IOException _) {
                // What it does not get through does not count.
            }
        }
    }
}
