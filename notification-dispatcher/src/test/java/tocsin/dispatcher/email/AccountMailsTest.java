package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The mails about addresses and endpoints, whole. */
class AccountMailsTest {

    private static final String LINK = "https://tocsin.example.com/email-confirmations/t";
    private static final Instant UNTIL = Instant.parse("2026-04-19T10:00:00Z");

    private final EmailComposer composer = new EmailComposer();

    @Test
    void asksForConfirmationInEnglish() {
        // When
        Mail mail = composer.confirmation("acme", LINK, UNTIL, Language.EN);

        // Then
        assertEquals("Confirm this address for security notices of acme", mail.subject());
        assertEquals("""
                Somebody at acme wants to send security notices to this address.

                To agree, open this page and press the button there:
                https://tocsin.example.com/email-confirmations/t

                The link is good until 2026-04-19T10:00:00Z, once. If you did not expect this, do nothing: you will get no notices.
                """, mail.text());
        assertEquals("""
                <!doctype html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
                <style>
                :root{color-scheme:light dark}
                @media (max-width:480px){
                .rows td{display:block;padding:0!important}
                .rows td:last-child{padding-bottom:8px!important}
                }
                @media (prefers-color-scheme:dark){
                body{background:#0d1117!important;color:#e6edf3!important}
                a{color:#79c0ff!important}
                .alarm{color:#ff938a!important}
                .aside{color:#9da7b1!important}
                }
                </style></head>
                <body style="margin:0;font:16px/1.5 sans-serif;background:#ffffff;color:#1f2328">
                <div style="max-width:600px;margin:0 auto;padding:16px">
                <p>Somebody at <strong>acme</strong> wants to send security notices to this address.</p>
                <p>To agree, open this page and press the button there:<br><a style="color:#0550ae" href="https://tocsin.example.com/email-confirmations/t">https://tocsin.example.com/email-confirmations/t</a></p>
                <p>The link is good until 2026-04-19T10:00:00Z, once. If you did not expect this, do nothing: you will get no notices.</p>
                </div>
                </body>
                </html>
                """, mail.html());
    }

    @Test
    void asksForConfirmationInJapanese() {
        // When
        Mail mail = composer.confirmation("acme", LINK, UNTIL, Language.JA);

        // Then
        assertEquals("acme のセキュリティ通知を受け取るアドレスの確認", mail.subject());
        assertEquals("""
                acme が、このアドレスへのセキュリティ通知の送信を希望しています。

                同意する場合は、次のページを開いてボタンを押してください。
                https://tocsin.example.com/email-confirmations/t

                リンクは 2026-04-19T10:00:00Z まで一度だけ使えます。心当たりがない場合は何もしないでください。通知は送られません。
                """, mail.text());
        assertEquals("""
                <!doctype html>
                <html lang="ja">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
                <style>
                :root{color-scheme:light dark}
                @media (max-width:480px){
                .rows td{display:block;padding:0!important}
                .rows td:last-child{padding-bottom:8px!important}
                }
                @media (prefers-color-scheme:dark){
                body{background:#0d1117!important;color:#e6edf3!important}
                a{color:#79c0ff!important}
                .alarm{color:#ff938a!important}
                .aside{color:#9da7b1!important}
                }
                </style></head>
                <body style="margin:0;font:16px/1.5 sans-serif;background:#ffffff;color:#1f2328">
                <div style="max-width:600px;margin:0 auto;padding:16px">
                <p><strong>acme</strong> が、このアドレスへのセキュリティ通知の送信を希望しています。</p>
                <p>同意する場合は、次のページを開いてボタンを押してください。<br><a style="color:#0550ae" href="https://tocsin.example.com/email-confirmations/t">https://tocsin.example.com/email-confirmations/t</a></p>
                <p>リンクは 2026-04-19T10:00:00Z まで一度だけ使えます。心当たりがない場合は何もしないでください。通知は送られません。</p>
                </div>
                </body>
                </html>
                """, mail.html());
    }

    @Test
    void tellsOfADisabledEndpointInEnglish() {
        // When
        Mail mail = composer.endpointDisabled("acme", "WH1", "it failed for five days", Language.EN);

        // Then
        assertEquals("Webhook endpoint WH1 of acme was disabled", mail.subject());
        assertEquals("""
                Webhook endpoint disabled

                Nothing is sent to the webhook endpoint WH1 of acme any more. The reason: it failed for five days

                What was to be sent there is kept and waits, and so does what comes now. Mend the receiver and enable the endpoint again: then all of it is delivered. Delete the endpoint if it is not needed any more.

                --\s
                You get this because acme confirmed this address for security notices.
                """, mail.text());
        assertEquals("""
                <!doctype html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
                <style>
                :root{color-scheme:light dark}
                @media (max-width:480px){
                .rows td{display:block;padding:0!important}
                .rows td:last-child{padding-bottom:8px!important}
                }
                @media (prefers-color-scheme:dark){
                body{background:#0d1117!important;color:#e6edf3!important}
                a{color:#79c0ff!important}
                .alarm{color:#ff938a!important}
                .aside{color:#9da7b1!important}
                }
                </style></head>
                <body style="margin:0;font:15px/1.5 sans-serif;background:#ffffff;color:#1f2328">
                <div style="max-width:600px;margin:0 auto;padding:16px">
                <h1 style="font-size:20px;margin:4px 0;word-break:break-word">Webhook endpoint disabled</h1>
                <p style="word-break:break-word">Nothing is sent to the webhook endpoint WH1 of acme any more. The reason: it failed for five days</p>
                <p style="word-break:break-word">What was to be sent there is kept and waits, and so does what comes now. Mend the receiver and enable the endpoint again: then all of it is delivered. Delete the endpoint if it is not needed any more.</p>
                <p class="aside" style="margin:24px 0 0;font-size:12px;color:#59636e">You get this because acme confirmed this address for security notices.</p>
                </div>
                </body>
                </html>
                """, mail.html());
    }

    @Test
    void tellsOfADisabledEndpointInJapanese() {
        // When
        Mail mail = composer.endpointDisabled("acme", "WH1", "it failed for five days", Language.JA);

        // Then
        assertEquals("acme の Webhook エンドポイント WH1 は無効になりました", mail.subject());
        assertEquals("""
                Webhook エンドポイントが無効になりました

                acme の Webhook エンドポイント WH1 への送信を停止しました。理由: it failed for five days

                送信予定の通知と今後の通知は保持されます。受信側を修復し、エンドポイントを有効に戻すと、すべて配信されます。不要な場合はエンドポイントを削除してください。

                --\s
                このメールは、acme がセキュリティ通知の宛先として確認したアドレスにお送りしています。
                """, mail.text());
        assertEquals("""
                <!doctype html>
                <html lang="ja">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
                <style>
                :root{color-scheme:light dark}
                @media (max-width:480px){
                .rows td{display:block;padding:0!important}
                .rows td:last-child{padding-bottom:8px!important}
                }
                @media (prefers-color-scheme:dark){
                body{background:#0d1117!important;color:#e6edf3!important}
                a{color:#79c0ff!important}
                .alarm{color:#ff938a!important}
                .aside{color:#9da7b1!important}
                }
                </style></head>
                <body style="margin:0;font:15px/1.5 sans-serif;background:#ffffff;color:#1f2328">
                <div style="max-width:600px;margin:0 auto;padding:16px">
                <h1 style="font-size:20px;margin:4px 0;word-break:break-word">Webhook エンドポイントが無効になりました</h1>
                <p style="word-break:break-word">acme の Webhook エンドポイント WH1 への送信を停止しました。理由: it failed for five days</p>
                <p style="word-break:break-word">送信予定の通知と今後の通知は保持されます。受信側を修復し、エンドポイントを有効に戻すと、すべて配信されます。不要な場合はエンドポイントを削除してください。</p>
                <p class="aside" style="margin:24px 0 0;font-size:12px;color:#59636e">このメールは、acme がセキュリティ通知の宛先として確認したアドレスにお送りしています。</p>
                </div>
                </body>
                </html>
                """, mail.html());
    }
}
