package tocsin.service.sample;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import tocsin.testsupport.TokenIssuer;

/** The sample on a free port, with an issuer of its own and, unless told otherwise, no broker that answers. */
public final class SampleService implements AutoCloseable {

    private final TokenIssuer issuer;
    private final EmbeddedServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    private SampleService(TokenIssuer issuer, EmbeddedServer server) {
        this.issuer = issuer;
        this.server = server;
    }

    public static SampleService start() {
        return start(Map.of());
    }

    public static SampleService start(Map<String, Object> more) {
        TokenIssuer issuer = TokenIssuer.start();
        Map<String, Object> settings = settings(issuer);
        settings.putAll(more);
        return new SampleService(issuer, ApplicationContext.run(EmbeddedServer.class, settings));
    }

    public static Map<String, Object> settings(TokenIssuer issuer) {
        return new HashMap<>(Map.of(
                "micronaut.application.name", "sample",
                "kafka.bootstrap-servers", "127.0.0.1:1",
                "tocsin.security.issuer", issuer.issuer(),
                "tocsin.security.audience", issuer.audience(),
                "tocsin.security.jwks-url", issuer.jwksUrl()));
    }

    public TokenIssuer issuer() {
        return issuer;
    }

    public <T> T bean(Class<T> type) {
        return server.getApplicationContext().getBean(type);
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + path));
    }

    public HttpRequest.Builder authorized(String path) {
        return request(path)
                .header("authorization", "Bearer " + issuer.token("somebody").sign());
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public HttpResponse<String> get(String path) {
        return send(request(path));
    }

    public HttpResponse<String> getWith(String token, String path) {
        return send(request(path).header("authorization", "Bearer " + token));
    }

    @Override
    public void close() {
        server.close();
        issuer.close();
        http.close();
    }
}
