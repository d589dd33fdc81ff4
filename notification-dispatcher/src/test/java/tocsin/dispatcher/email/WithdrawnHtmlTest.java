package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The mail that takes back what was told as HTML, whole; {@link WithdrawnTextTest} has it as plain text. */
class WithdrawnHtmlTest {

    private final EmailComposer composer = new EmailComposer();

    @Test
    void takesBackInEnglish() {
        // When
        Mail mail = composer.withdrawn(MailSamples.withdrawn(), Language.EN);

        // Then
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
                <h1 style="font-size:20px;margin:4px 0;word-break:break-word">Advisory withdrawn</h1>
                <p style="word-break:break-word">The advisory that we told you of was taken back. By what its source says now, example-pkg (pypi) is not affected.</p>
                <p>The webhook that should have told this could not be delivered, so this mail does.</p>
                <p style="word-break:break-word">Advisory: PYSEC-2026-1
                <br>Also: CVE-2026-1
                <br>Withdrawn: 2026-04-17T10:01:00Z
                </p>
                <h2 style="font-size:16px;margin:24px 0 4px">What to do now</h2>
                <p>You need not go on with what the earlier notice asked for. Secrets that you replaced may stay replaced, and what you removed may come back after a look at the advisory.</p>
                <p>Advisories are also withdrawn by mistake. If you saw something suspicious yourself, trust that more.</p>
                <p class="aside" style="margin:24px 0 0;font-size:12px;color:#59636e">
                You get this because acme was told of it at this address.
                <br>Notification 00000000-0000-5000-8000-000000000001</p>
                </div>
                </body>
                </html>
                """, mail.html());
    }

    @Test
    void takesBackInJapanese() {
        // When
        Mail mail = composer.withdrawn(MailSamples.withdrawn(), Language.JA);

        // Then
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
                <h1 style="font-size:20px;margin:4px 0;word-break:break-word">アドバイザリの取り下げ</h1>
                <p style="word-break:break-word">以前にお知らせしたアドバイザリは取り下げられました。現在の情報では、example-pkg（pypi）は影響を受けません。</p>
                <p>この通知の Webhook を配信できなかったため、メールでお知らせします。</p>
                <p style="word-break:break-word">アドバイザリ: PYSEC-2026-1
                <br>別名: CVE-2026-1
                <br>取り下げ日時: 2026-04-17T10:01:00Z
                </p>
                <h2 style="font-size:16px;margin:24px 0 4px">対応</h2>
                <p>以前の通知でお願いした対応を続ける必要はありません。交換済みのシークレットはそのままで構いません。削除したパッケージは、アドバイザリを確認してから元に戻せます。</p>
                <p>アドバイザリは誤って取り下げられることもあります。不審な点に気付いている場合は、そちらを優先してください。</p>
                <p class="aside" style="margin:24px 0 0;font-size:12px;color:#59636e">
                このメールは、acme がこのアドレスでお知らせを受け取ったため送信しています。
                <br>通知 00000000-0000-5000-8000-000000000001</p>
                </div>
                </body>
                </html>
                """, mail.html());
    }
}
