package tocsin.dispatcher.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.settings.BreachSettings.EmailChoice;
import tocsin.dispatcher.settings.BreachSettings.WebhookChoice;

class BreachSettingsTest {

    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // before: on, where; wanted: on, where; since
        "false, '', true, A, now",
        "false, A, true, A, now",
        "true, A, true, A, then",
        "true, A, true, B, now",
        "true, A, false, A, never",
        "true, A, false, '', never",
        "false, '', false, '', never",
        "false, A, false, B, never",
    })
    void countsADestinationFromWhenItIsSwitchedOnOrReplaced(
            boolean wasOn, String was, boolean on, String where, String since) {
        // When
        BreachSettings after = settings(wasOn, was, Language.EN).replacedBy(settings(on, where, Language.EN), NOW);

        // Then
        Optional<Instant> expected = switch (since) {
            case "now" -> Optional.of(NOW);
            case "then" -> Optional.of(THEN);
            default -> Optional.empty();
        };
        assertEquals(expected, after.webhook().savedAt(), "webhook");
        assertEquals(expected, after.email().savedAt(), "email");
    }

    @ParameterizedTest
    @CsvSource({"EN, JA", "JA, EN", "EN, EN"})
    void doesNotCountAnewForAnotherLanguage(Language was, Language is) {
        // When
        BreachSettings after = settings(true, "A", was).replacedBy(settings(true, "A", is), NOW);

        // Then
        assertEquals(new EmailChoice(true, Optional.of("A"), is, Optional.of(THEN)), after.email());
    }

    @ParameterizedTest
    @CsvSource({"true, now, then", "false, then, now"})
    void movesOneDestinationWithoutTheOther(boolean webhookMoves, String webhook, String email) {
        // Given
        BreachSettings before = settings(true, "A", Language.EN);
        BreachSettings wanted = new BreachSettings(
                settings(true, webhookMoves ? "B" : "A", Language.EN).webhook(),
                settings(true, webhookMoves ? "A" : "B", Language.EN).email(),
                Optional.empty());

        // When
        BreachSettings after = before.replacedBy(wanted, NOW);

        // Then
        assertEquals(
                Optional.of(webhook.equals("now") ? NOW : THEN), after.webhook().savedAt());
        assertEquals(
                Optional.of(email.equals("now") ? NOW : THEN), after.email().savedAt());
    }

    private static BreachSettings settings(boolean on, String where, Language language) {
        Optional<String> chosen = Optional.of(where).filter(it -> !it.isEmpty());
        Optional<Instant> since = on ? Optional.of(THEN) : Optional.empty();
        return new BreachSettings(
                new WebhookChoice(on, chosen, since), new EmailChoice(on, chosen, language, since), Optional.empty());
    }
}
