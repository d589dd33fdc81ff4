package tocsin.sender.delivery;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tocsin.sender.egress.EgressResult;
import tocsin.sender.egress.EgressResult.AnswerHeader;
import tocsin.sender.endpoint.EndpointHeaders;

/**
 * Takes out of an answer what nobody is to read in it: a receiver's way into itself, and the values of its owner's own headers, which receivers
 * repeat when they show what they got.
 *
 * @param secrets the longest first, so that none is left over where one contains another
 */
record Redaction(List<String> secrets) {

    /** What is shorter stands in any text by chance. */
    private static final int SHORTEST = 8;

    private static final List<String> SECRET_HEADERS = List.of("set-cookie", "set-cookie2", "authorization");

    /** Also of the parts of values, for who repeats a token leaves the word before it out. */
    static Redaction of(Collection<String> values) {
        return new Redaction(values.stream()
                .flatMap(value -> Stream.concat(Stream.of(value), Stream.of(value.split("[\\s,;]+"))))
                .filter(value -> value.length() >= SHORTEST)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    EgressResult of(EgressResult result) {
        return switch (result) {
            case EgressResult.Answered answered ->
                new EgressResult.Answered(
                        answered.status(),
                        answered.headers().stream().map(this::header).toList(),
                        text(answered.body()),
                        answered.bodyCut(),
                        answered.trace());
            case EgressResult.Broken broken -> broken;
        };
    }

    private AnswerHeader header(AnswerHeader header) {
        return SECRET_HEADERS.stream().anyMatch(header.name()::equalsIgnoreCase)
                ? new AnswerHeader(header.name(), EndpointHeaders.REDACTED)
                : new AnswerHeader(text(header.name()), text(header.value()));
    }

    private String text(String text) {
        String redacted = text;
        for (String secret : secrets) {
            redacted = redacted.replace(secret, EndpointHeaders.REDACTED);
        }
        return redacted;
    }

    @Override
    public String toString() {
        return "Redaction[redacted]";
    }
}
