package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The mail that tells of several incidents as HTML, whole; {@link DigestTextTest} has it as plain text. */
class DigestHtmlTest {

    private final EmailComposer composer = new EmailComposer();

    @Test
    void tellsAnOrganisationInEnglish() {
        // When
        Mail mail = composer.digest(MailSamples.digest(), Language.EN);

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
                <h1 style="font-size:20px;margin:4px 0;word-break:break-word">2 more notices of bad packages</h1>
                <p>They came soon after one that you were sent, so they are one mail. The most severe stand first.</p>
                <h2 style="font-size:16px;margin:24px 0 4px;word-break:break-word">example-pkg 1.0.0 (npm): malicious</h2>
                <table style="border-collapse:collapse">
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Severity</th><td style="padding:2px 0;word-break:break-word"><strong class="alarm" style="color:#b42318">critical</strong></td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Advisory</th><td style="padding:2px 0;word-break:break-word">GHSA-aaaa-bbbb-cccc</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Also</th><td style="padding:2px 0;word-break:break-word">MAL-2026-1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Page</th><td style="padding:2px 0;word-break:break-word"><a style="color:#0550ae" href="https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc">https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc</a></td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Feed page</th><td style="padding:2px 0;word-break:break-word">https[:]//example[.]org/advisories/1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Downloads</th><td style="padding:2px 0;word-break:break-word">2</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">First</th><td style="padding:2px 0;word-break:break-word">2026-04-14T12:00:00Z</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Last</th><td style="padding:2px 0;word-break:break-word">2026-04-15T08:30:00Z</td></tr>
                </table>
                <p style="margin:4px 0 0;word-break:break-word">Why (the feed's words): Sends tokens to https[:]//evil[.]example[.]com/collect at installation.</p>
                <p style="margin:0;word-break:break-word">The advisory names the versions that were downloaded, one by one or by a range.</p>
                <p style="margin:0;word-break:break-word">This is what the feed osv says; we did not examine the package ourselves.</p>
                <table class="rows" style="border-collapse:collapse;font-size:13px">
                <tr><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">2026-04-15T08:30:00Z</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">1.0.0</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">CI/CD: my-ci-bot</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">example-org/example-repo</td></tr>
                <tr><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">2026-04-14T12:00:00Z</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">1.0.0</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">user: Ada</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">ada@example[.]com</td></tr>
                </table>
                <p class="aside" style="margin:4px 0 0;font-size:12px;color:#59636e">Notification 00000000-0000-5000-8000-000000000001</p>
                <h2 style="font-size:16px;margin:24px 0 4px;word-break:break-word">example-pkg 1.0.0 (pypi): vulnerable</h2>
                <p style="margin:0">This adds downloads to an incident that you were told of before.</p>
                <table style="border-collapse:collapse">
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Severity</th><td style="padding:2px 0;word-break:break-word"><strong class="alarm" style="color:#b42318">not rated</strong></td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Advisory</th><td style="padding:2px 0;word-break:break-word">PYSEC-2026-1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Page</th><td style="padding:2px 0;word-break:break-word"><a style="color:#0550ae" href="https://osv.dev/vulnerability/PYSEC-2026-1">https://osv.dev/vulnerability/PYSEC-2026-1</a></td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Fixed in</th><td style="padding:2px 0;word-break:break-word">1.0.1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Downloads</th><td style="padding:2px 0;word-break:break-word">1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">First</th><td style="padding:2px 0;word-break:break-word">2026-04-15T08:30:00Z</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">Last</th><td style="padding:2px 0;word-break:break-word">2026-04-15T08:30:00Z</td></tr>
                </table>
                <p style="margin:4px 0 0;word-break:break-word">Why (the feed's words): Parses hostile input.</p>
                <p style="margin:0;word-break:break-word">The advisory names the versions that were downloaded, one by one or by a range.</p>
                <p style="margin:0;word-break:break-word">This is what the feed osv says; we did not examine the package ourselves.</p>
                <p style="margin:0;word-break:break-word">Nobody has rated it yet: it may be worse than it looks.</p>
                <table class="rows" style="border-collapse:collapse;font-size:13px">
                <tr><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">2026-04-15T08:30:00Z</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">1.0.0</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">CI/CD: my-ci-bot</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">example-org/example-repo</td></tr>
                </table>
                <p class="aside" style="margin:4px 0 0;font-size:12px;color:#59636e">Notification 00000000-0000-5000-8000-000000000001</p>
                <h2 style="font-size:16px;margin:24px 0 4px">What to do now</h2>
                <p style="margin:0">Where a package is malicious:</p>
                <ol style="margin:0;padding-left:24px">
                <li>Treat every machine that installed it as compromised: such packages run their code at installation.</li>
                <li>Stop builds and deployments that use it, and remove the package.</li>
                <li>From another, clean machine, replace every secret that those machines could reach: registry, source code, cloud and SSH keys.</li>
                <li>Clear the caches of package managers, CI and proxies, and rebuild the machines. Removing the package may not be enough.</li>
                <li>Look for what the package left or sent, and keep the logs.</li>
                </ol>
                <p style="margin:0">Where a package is vulnerable:</p>
                <ol style="margin:0;padding-left:24px">
                <li>Upgrade to a fixed version, or to one that the advisory does not name.</li>
                <li>Renew lockfiles, images and caches that hold the affected version, and deploy again.</li>
                <li>Until then, check whether your code uses the affected part, and limit who can reach it.</li>
                </ol>
                <h2 style="font-size:16px;margin:24px 0 4px">What we cannot see</h2>
                <p style="margin:0">Installations from caches, images and copies, downloads past the proxy, and whether the code was run.
                Downloads from before this destination was saved are not listed.
                </p>
                <p class="aside" style="margin:24px 0 0;font-size:12px;color:#59636e">
                You get this because acme sends its breach notices to this address.
                <br>Notification 00000000-0000-5000-8000-000000000002</p>
                </div>
                </body>
                </html>
                """, mail.html());
    }

    @Test
    void tellsAnOrganisationInJapanese() {
        // When
        Mail mail = composer.digest(MailSamples.digest(), Language.JA);

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
                <h1 style="font-size:20px;margin:4px 0;word-break:break-word">問題のあるパッケージに関する通知（さらに 2 件）</h1>
                <p>先にお送りした通知の直後に続いたため、一通にまとめました。深刻なものから順に並べています。</p>
                <h2 style="font-size:16px;margin:24px 0 4px;word-break:break-word">example-pkg 1.0.0 (npm): 悪意あるパッケージ</h2>
                <table style="border-collapse:collapse">
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">深刻度</th><td style="padding:2px 0;word-break:break-word"><strong class="alarm" style="color:#b42318">緊急</strong></td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">アドバイザリ</th><td style="padding:2px 0;word-break:break-word">GHSA-aaaa-bbbb-cccc</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">別名</th><td style="padding:2px 0;word-break:break-word">MAL-2026-1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">詳細ページ</th><td style="padding:2px 0;word-break:break-word"><a style="color:#0550ae" href="https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc">https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc</a></td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">配信元のページ</th><td style="padding:2px 0;word-break:break-word">https[:]//example[.]org/advisories/1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">ダウンロード</th><td style="padding:2px 0;word-break:break-word">2 件</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">最初</th><td style="padding:2px 0;word-break:break-word">2026-04-14T12:00:00Z</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">最後</th><td style="padding:2px 0;word-break:break-word">2026-04-15T08:30:00Z</td></tr>
                </table>
                <p style="margin:4px 0 0;word-break:break-word">検知の理由（配信元の原文）: Sends tokens to https[:]//evil[.]example[.]com/collect at installation.</p>
                <p style="margin:0;word-break:break-word">アドバイザリは、ダウンロードしたバージョンを個別または範囲で対象としています。</p>
                <p style="margin:0;word-break:break-word">フィード osv の情報に基づくもので、当方でパッケージを検証してはいません。</p>
                <table class="rows" style="border-collapse:collapse;font-size:13px">
                <tr><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">2026-04-15T08:30:00Z</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">1.0.0</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">CI/CD: my-ci-bot</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">example-org/example-repo</td></tr>
                <tr><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">2026-04-14T12:00:00Z</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">1.0.0</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">ユーザー: Ada</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">ada@example[.]com</td></tr>
                </table>
                <p class="aside" style="margin:4px 0 0;font-size:12px;color:#59636e">通知 ID: 00000000-0000-5000-8000-000000000001</p>
                <h2 style="font-size:16px;margin:24px 0 4px;word-break:break-word">example-pkg 1.0.0 (pypi): 脆弱性のあるパッケージ</h2>
                <p style="margin:0">以前にお知らせしたインシデントに、新たなダウンロードが見つかりました。</p>
                <table style="border-collapse:collapse">
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">深刻度</th><td style="padding:2px 0;word-break:break-word"><strong class="alarm" style="color:#b42318">未評価</strong></td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">アドバイザリ</th><td style="padding:2px 0;word-break:break-word">PYSEC-2026-1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">詳細ページ</th><td style="padding:2px 0;word-break:break-word"><a style="color:#0550ae" href="https://osv.dev/vulnerability/PYSEC-2026-1">https://osv.dev/vulnerability/PYSEC-2026-1</a></td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">修正済みのバージョン</th><td style="padding:2px 0;word-break:break-word">1.0.1</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">ダウンロード</th><td style="padding:2px 0;word-break:break-word">1 件</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">最初</th><td style="padding:2px 0;word-break:break-word">2026-04-15T08:30:00Z</td></tr>
                <tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:normal;white-space:nowrap">最後</th><td style="padding:2px 0;word-break:break-word">2026-04-15T08:30:00Z</td></tr>
                </table>
                <p style="margin:4px 0 0;word-break:break-word">検知の理由（配信元の原文）: Parses hostile input.</p>
                <p style="margin:0;word-break:break-word">アドバイザリは、ダウンロードしたバージョンを個別または範囲で対象としています。</p>
                <p style="margin:0;word-break:break-word">フィード osv の情報に基づくもので、当方でパッケージを検証してはいません。</p>
                <p style="margin:0;word-break:break-word">深刻度はまだ評価されていません。見た目より重大な場合があります。</p>
                <table class="rows" style="border-collapse:collapse;font-size:13px">
                <tr><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">2026-04-15T08:30:00Z</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">1.0.0</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">CI/CD: my-ci-bot</td><td style="padding:2px 10px 2px 0;vertical-align:top;word-break:break-word">example-org/example-repo</td></tr>
                </table>
                <p class="aside" style="margin:4px 0 0;font-size:12px;color:#59636e">通知 ID: 00000000-0000-5000-8000-000000000001</p>
                <h2 style="font-size:16px;margin:24px 0 4px">いま行うこと</h2>
                <p style="margin:0">悪意あるパッケージの場合:</p>
                <ol style="margin:0;padding-left:24px">
                <li>インストールしたすべての端末を侵害されたものとして扱ってください。この種のパッケージはインストール時にコードを実行します。</li>
                <li>このパッケージを使うビルドとデプロイを止め、パッケージを取り除いてください。</li>
                <li>影響を受けていない別の端末から、該当端末で使えたすべての秘密情報（レジストリ、ソースコード、クラウド、SSH の鍵など）を交換してください。</li>
                <li>パッケージマネージャー、CI、プロキシのキャッシュを消去し、端末を作り直してください。パッケージの削除だけでは足りないことがあります。</li>
                <li>パッケージが残したものや送信したものを調べ、ログを保全してください。</li>
                </ol>
                <p style="margin:0">脆弱性のあるパッケージの場合:</p>
                <ol style="margin:0;padding-left:24px">
                <li>修正済みのバージョン、またはアドバイザリの対象でないバージョンに更新してください。</li>
                <li>該当バージョンを含むロックファイル、イメージ、キャッシュを更新し、再度デプロイしてください。</li>
                <li>それまでの間、影響を受ける機能を使っているか確認し、到達できる範囲を制限してください。</li>
                </ol>
                <h2 style="font-size:16px;margin:24px 0 4px">こちらから見えないもの</h2>
                <p style="margin:0">キャッシュ、イメージ、複製からのインストール、プロキシを通らないダウンロード、コードが実行されたかどうか。
                この通知先が保存される前のダウンロードは含まれません。
                </p>
                <p class="aside" style="margin:24px 0 0;font-size:12px;color:#59636e">
                acme の侵害通知の送り先として登録されているため、このメールをお送りしています。
                <br>通知 ID: 00000000-0000-5000-8000-000000000002</p>
                </div>
                </body>
                </html>
                """, mail.html());
    }
}
