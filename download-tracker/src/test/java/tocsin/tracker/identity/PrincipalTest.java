package tocsin.tracker.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            HUMAN,     true,  false
            CI_CD,     false, true
            ORG_TOKEN, false, false
            ANONYMOUS, false, false
            """)
    void keepsAnAddressForPeopleAndARepositoryForCiOnly(Principal.Kind kind, boolean email, boolean repository) {
        // When
        Principal principal = new Principal(
                kind, "id", Optional.of("name"), Optional.of("ann@example.org"), Optional.of("acme/shop"));

        // Then
        assertEquals(email, principal.email().isPresent());
        assertEquals(repository, principal.repository().isPresent());
    }

    @Test
    void survivesTheWayThroughAMessage() {
        // Given
        Principal principal = new Principal(
                Principal.Kind.HUMAN, "u-1", Optional.of("Ann"), Optional.of("ann@example.org"), Optional.empty());

        // When
        Principal read = PrincipalMessage.read(PrincipalMessage.write(principal));

        // Then
        assertEquals(principal, read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two\nlines"})
    void refusesAnIdThatIsNone(String id) {
        assertThrows(IllegalArgumentException.class, () -> named(id));
    }

    @Test
    void refusesTextsThatAreTooLong() {
        assertThrows(IllegalArgumentException.class, () -> named("x".repeat(257)));
        assertEquals(256, named("x".repeat(256)).id().length());
    }

    @Test
    void printsNeitherNameNorAddress() {
        // Given
        Principal principal = new Principal(
                Principal.Kind.HUMAN, "u-1", Optional.of("Ann"), Optional.of("ann@example.org"), Optional.empty());

        // When
        String printed = principal.toString();

        // Then
        assertFalse(printed.contains("Ann") || printed.contains("example.org"), printed);
    }

    private static Principal named(String id) {
        return new Principal(Principal.Kind.ORG_TOKEN, id, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
