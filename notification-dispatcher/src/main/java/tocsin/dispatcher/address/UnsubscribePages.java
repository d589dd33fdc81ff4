package tocsin.dispatcher.address;

import java.util.Optional;
import tocsin.dispatcher.email.ConfirmationPage;

/** What a person reads behind the link that stops mails. The link tells nothing of its reader, so the pages speak both languages. */
final class UnsubscribePages {

    private UnsubscribePages() {}

    static ConfirmationPage ask() {
        return new ConfirmationPage(
                "en",
                "Stop security notices / セキュリティ通知の停止",
                "Shall no more notices of malicious or vulnerable packages that you downloaded with your token go to your address? You will not hear of"
                        + " dangers that you would want to know of. / トークンでダウンロードした危険なパッケージのお知らせを停止しますか。重大な問題もお知らせできなくなります。",
                Optional.of("Stop them / 停止する"));
    }

    static ConfirmationPage done() {
        return new ConfirmationPage(
                "en",
                "No more notices / 停止しました",
                "Your address gets no more notices. Verify it again for a token to get them again. / お知らせを停止しました。再開するには、トークンのアドレスをもう一度確認してください。",
                Optional.empty());
    }

    static ConfirmationPage unknown() {
        return new ConfirmationPage(
                "en",
                "This link is not good / このリンクは使えません",
                "It was cut or changed on its way. / リンクが途中で切れているか、変更されています。",
                Optional.empty());
    }
}
