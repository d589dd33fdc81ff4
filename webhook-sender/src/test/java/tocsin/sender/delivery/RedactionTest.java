package tocsin.sender.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.sender.egress.EgressResult;
import tocsin.sender.egress.EgressResult.AnswerHeader;

class RedactionTest {

    private static final Redaction REDACTION =
            Redaction.of(List.of("Bearer abcdefgh", "abcdefgh-and-more", "seven77", "key=k1234567; v2"));

    private static EgressResult.Answered redacted(List<AnswerHeader> headers, String body) {
        return assertInstanceOf(
                EgressResult.Answered.class,
                REDACTION.of(new EgressResult.Answered(200, headers, body, true, Traces.NONE)));
    }

    @ParameterizedTest
    @CsvSource({
        "nothing of it, nothing of it",
        "got Bearer abcdefgh!, got [redacted]!",
        "got abcdefgh abcdefgh, got [redacted] [redacted]",
        "got abcdefgh-and-more, got [redacted]",
        "got seven77, got seven77",
        "got key=k1234567, got [redacted]",
        "got Bearer v2, got Bearer v2"
    })
    void takesOutTheValuesOfTheOwnersHeadersAndTheirParts(String text, String kept) {
        EgressResult.Answered answered = redacted(List.of(new AnswerHeader("X-Echo", text)), text);

        assertEquals(kept, answered.body());
        assertEquals(List.of(new AnswerHeader("X-Echo", kept)), answered.headers());
        assertEquals(true, answered.bodyCut());
    }

    @Test
    void takesOutAReceiversWayIntoItself() {
        assertEquals(
                List.of(new AnswerHeader("set-COOKIE", "[redacted]"), new AnswerHeader("Date", "now")),
                redacted(List.of(new AnswerHeader("set-COOKIE", "session=1"), new AnswerHeader("Date", "now")), "")
                        .headers());
    }
}
