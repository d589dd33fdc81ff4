package tocsin.dispatcher.email;

import java.util.Locale;
import java.util.Optional;

/** A language that mails are written in. */
public enum Language {
    EN,
    JA;

    /** {@code en} or {@code ja}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Language> ofCode(String code) {
        return switch (code) {
            case "en" -> Optional.of(EN);
            case "ja" -> Optional.of(JA);
            default -> Optional.empty();
        };
    }
}
