package tocsin.testsupport;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Who issues bearer tokens to tests and to the local stack: an ES256 key, its public half as a JWK set over HTTP on 127.0.0.1,
 * and a way to mint tokens, good ones and spoilt ones.
 */
public final class TokenIssuer implements AutoCloseable {

    private static final String KEY_FILE = "token-issuer.jwk";
    private static final String JWKS_PATH = "/.well-known/jwks.json";
    private static final String AUDIENCE = "tocsin";

    private final ECKey key;
    private final Clock clock;
    private final HttpServer server;
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();

    private TokenIssuer(ECKey key, Clock clock, int port) {
        this.key = key;
        this.clock = clock;
        try {
            InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
            server = HttpServer.create(new InetSocketAddress(loopback, FreePorts.orFree(port)), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a token issuer on port " + port, e);
        }
        server.createContext(JWKS_PATH, this::publishKey);
        server.setExecutor(requests);
        AtExit.close(this);
        server.start();
    }

    /** With a new key, on a free port, by the machine's clock: services judge tokens by theirs. */
    public static TokenIssuer start() {
        return start(ClockFactory.system());
    }

    /** @param clock from which tokens count their times */
    public static TokenIssuer start(Clock clock) {
        return new TokenIssuer(newKey(), clock, 0);
    }

    /**
     * With the key of that directory, which is made there at first: tokens stay good over a restart on the same port.
     *
     * @param port 0 for a free one, with which the issuer's name changes at each start
     */
    public static TokenIssuer start(Path directory, int port) {
        return new TokenIssuer(keptKey(directory.resolve(KEY_FILE)), ClockFactory.system(), port);
    }

    static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot make a key for tokens", e);
        }
    }

    private static ECKey keptKey(Path file) {
        try {
            if (Files.exists(file)) {
                return ECKey.parse(Files.readString(file));
            }
            ECKey key = newKey();
            PrivateFile.write(file, key.toJSONString().getBytes(StandardCharsets.UTF_8));
            return key;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        } catch (ParseException e) {
            throw new IllegalStateException(file + " holds no key for tokens", e);
        }
    }

    private void publishKey(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] jwks = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", "application/jwk-set+json");
            exchange.sendResponseHeaders(200, jwks.length);
            exchange.getResponseBody().write(jwks);
        }
    }

    public String jwksUrl() {
        return issuer() + JWKS_PATH;
    }

    /** The {@code iss} of its tokens. */
    public String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The {@code aud} of its tokens. */
    public String audience() {
        return AUDIENCE;
    }

    /** A good token for one hour that carries no organisation and no scope yet. */
    public Token token(String subject) {
        return new Token(key, issuer(), AUDIENCE, subject, clock.instant());
    }

    @Override
    public void close() {
        AtExit.forget(this);
        server.stop(0);
        requests.shutdownNow();
    }
}
