package tocsin.testsupport;

import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One mail, decoded.
 *
 * @param from of the envelope: where bounces go; what the reader sees is the header of that name
 * @param to all recipients of the envelope, sorted
 * @param subject empty if there is none
 * @param headers as sent, looked up whatever the case of the name
 * @param text the first text/plain part, with \n between lines
 * @param html the first text/html part, likewise
 * @param receivedAt by the catcher's clock
 */
public record CaughtMail(
        String from,
        List<String> to,
        String subject,
        Map<String, List<String>> headers,
        Optional<String> text,
        Optional<String> html,
        Instant receivedAt) {

    public CaughtMail {
        to = List.copyOf(to);
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        headers = Collections.unmodifiableMap(copy);
    }

    /** The first of that name, whatever its case. */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    static CaughtMail of(String from, List<String> to, MimeMessage message, Instant receivedAt)
            throws MessagingException, IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : Collections.list(message.getAllHeaders())) {
            headers.computeIfAbsent(header.getName(), _ -> new ArrayList<>()).add(header.getValue());
        }
        return new CaughtMail(
                from,
                to,
                Optional.ofNullable(message.getSubject()).orElse(""),
                headers,
                firstPart(message, "text/plain"),
                firstPart(message, "text/html"),
                receivedAt);
    }

    private static Optional<String> firstPart(Part part, String type) throws MessagingException, IOException {
        if (part.isMimeType(type) && part.getContent() instanceof String content) {
            // The way of a mail is CRLF; what a test wants to compare is text.
            return Optional.of(content.replace("\r\n", "\n"));
        }
        if (part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < parts.getCount(); i++) {
                Optional<String> found = firstPart(parts.getBodyPart(i), type);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}
