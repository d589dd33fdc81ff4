package tocsin.dispatcher.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.Severity;

class SeverityWordTest {

    @ParameterizedTest
    @CsvSource({"UNKNOWN, medium", "LOW, low", "MEDIUM, medium", "HIGH, high", "CRITICAL, critical"})
    void ratesInTheFourWordsOfTheDocument(Severity severity, String word) {
        // When / Then
        assertEquals(word, SeverityWord.of(severity));
    }
}
