package tocsin.sender.deliverylog;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One time that a person asked for a delivery again. Its records carry it in two headers, so that what is repeated of a round that is
 * over is told from a round that is wanted.
 *
 * @param number 1 for the first
 * @param trigger {@link Trigger#RESEND} or {@link Trigger#REPLAY}
 */
public record Round(int number, Trigger trigger) {

    /** The headers of its records. */
    public static final List<String> HEADERS = List.of("round", "round-trigger");

    private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,8}");

    /** @return empty for a record that nobody asked for again, and for headers that are none of ours */
    public static Optional<Round> of(Optional<String> number, Optional<String> trigger) {
        return number.filter(it -> NUMBER.matcher(it).matches())
                .flatMap(digits ->
                        trigger.flatMap(Round::trigger).map(known -> new Round(Integer.parseInt(digits), known)));
    }

    private static Optional<Trigger> trigger(String text) {
        return Arrays.stream(Trigger.values())
                .filter(it -> it == Trigger.RESEND || it == Trigger.REPLAY)
                .filter(it -> it.text().equals(text))
                .findFirst();
    }

    public Map<String, byte[]> headers() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(HEADERS.getFirst(), Integer.toString(number).getBytes(UTF_8));
        headers.put(HEADERS.getLast(), trigger.text().getBytes(UTF_8));
        return headers;
    }
}
