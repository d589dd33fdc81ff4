package tocsin.local.api;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Backfills of a download-tracker. What is refused is a {@link RefusedRequest}, what is not answered an {@link java.io.UncheckedIOException}. */
public final class BackfillClient implements AutoCloseable {

    private static final String PATH = "/v1/backfills";

    private final HttpApi http = new HttpApi();
    private final URI tracker;
    private final String token;

    /** @param token with the scope {@code admin} */
    public BackfillClient(URI tracker, String token) {
        this.tracker = tracker;
        this.token = token;
    }

    /** @param body {@code since}, and what else the route takes */
    public BackfillState begin(Map<String, ?> body) {
        return BackfillState.of(http.call("POST", tracker, PATH, token, body));
    }

    public BackfillState find(String id) {
        return BackfillState.of(http.call("GET", tracker, path(id), token, null));
    }

    public BackfillState cancel(String id) {
        return BackfillState.of(http.call("DELETE", tracker, path(id), token, null));
    }

    private static String path(String id) {
        return PATH + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
