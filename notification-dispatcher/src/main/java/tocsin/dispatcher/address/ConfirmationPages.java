package tocsin.dispatcher.address;

import java.util.Optional;
import tocsin.dispatcher.audit.AuditRepository;
import tocsin.dispatcher.email.ConfirmationPage;

/** What a person reads behind a confirmation link. */
final class ConfirmationPages {

    private ConfirmationPages() {}

    static ConfirmationPage ask(AllowedAddress address) {
        return switch (address.language()) {
            case EN ->
                new ConfirmationPage(
                        "en",
                        "Security notices for " + address.org(),
                        "Shall security notices of " + address.org() + " go to "
                                + AuditRepository.masked(address.address()) + "?",
                        Optional.of("Yes, send them"));
            case JA ->
                new ConfirmationPage(
                        "ja",
                        address.org() + " のセキュリティ通知",
                        address.org() + " のセキュリティ通知を " + AuditRepository.masked(address.address()) + " で受け取りますか。",
                        Optional.of("受け取る"));
        };
    }

    static ConfirmationPage done(AllowedAddress address) {
        return switch (address.language()) {
            case EN ->
                new ConfirmationPage(
                        "en",
                        "Thank you",
                        "The address is confirmed. " + address.org() + " can choose it for security notices now.",
                        Optional.empty());
            case JA ->
                new ConfirmationPage("ja", "確認しました", address.org() + " はこのアドレスを通知先に選べるようになりました。", Optional.empty());
        };
    }

    /** Nobody knows whose it was, so it speaks both languages. */
    static ConfirmationPage gone() {
        return new ConfirmationPage(
                "en",
                "This link is not good any more",
                "It was used, replaced by a newer one, or is too old. / このリンクは使用済み、または期限切れです。",
                Optional.empty());
    }
}
