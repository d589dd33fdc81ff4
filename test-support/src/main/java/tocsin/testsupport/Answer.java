package tocsin.testsupport;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a {@link WebhookReceiver} says once. */
public record Answer(int status, Map<String, String> headers, String content) {

    public Answer {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("not a final HTTP status: " + status);
        }
        headers = Map.copyOf(headers);
    }

    /** Without headers of its own and without a body. */
    public static Answer of(int status) {
        return new Answer(status, Map.of(), "");
    }

    public Answer header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, content);
    }

    public Answer content(String text) {
        return new Answer(status, headers, text);
    }

    byte[] body() {
        return content.getBytes(StandardCharsets.UTF_8);
    }
}
