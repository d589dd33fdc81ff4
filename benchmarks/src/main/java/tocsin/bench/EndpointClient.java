package tocsin.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Registers and deletes endpoints at the sender, as the owner of an organisation. */
final class EndpointClient implements AutoCloseable {

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"(WH[^\"]+)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI endpoints;
    private final String org;
    private final String token;

    EndpointClient(int port, String org, String token) {
        this.endpoints = URI.create("http://127.0.0.1:" + port + "/v1/orgs/" + org + "/webhook-endpoints");
        this.org = org;
        this.token = token;
    }

    String org() {
        return org;
    }

    /** Their ids. */
    List<String> register(int number, String url) {
        return IntStream.range(0, number).mapToObj(_ -> register(url)).toList();
    }

    private String register(String url) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(endpoints)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"url\":\"" + url + "\",\"description\":\"bench\",\"event_types\":[]}")));
        Matcher id = ID.matcher(answer.body());
        if (!id.find()) {
            throw new IllegalStateException("no endpoint was registered: " + answer.statusCode());
        }
        return id.group(1);
    }

    /**
     * What still waits for them ends.
     *
     * @throws IllegalStateException if one of them stays, and what waits for it
     */
    void delete(List<String> ids) {
        for (String id : ids) {
            int status = send(HttpRequest.newBuilder(URI.create(endpoints + "/" + id))
                            .DELETE())
                    .statusCode();
            if (status != 204) {
                throw new IllegalStateException("deleting " + id + " was answered " + status);
            }
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(
                    request.header("authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
