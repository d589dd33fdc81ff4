package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The mails as plain text, whole; {@link EmailHtmlTest} has them as HTML. */
class EmailTextTest {

    private final EmailComposer composer = new EmailComposer();

    @Test
    void tellsAnOrganisationOfMalwareInEnglish() {
        // When
        Mail mail = composer.breach(MailSamples.malware(), Language.EN);

        // Then
        assertEquals("[critical] example-pkg@1.0.0 is malicious and was downloaded by acme", mail.subject());
        assertEquals("""
                MALICIOUS PACKAGE DOWNLOADED
                example-pkg 1.0.0 (npm)

                WHAT
                Package:   example-pkg (npm)
                Versions:  1.0.0
                Severity:  critical
                Advisory:  GHSA-aaaa-bbbb-cccc
                Also:      MAL-2026-1
                Published: 2026-04-17T10:00:00Z
                Page:      https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc
                Feed page: https[:]//example[.]org/advisories/1

                WHY IT WAS FLAGGED (the feed's words)
                Sends tokens to https[:]//evil[.]example[.]com/collect at installation.

                HOW SURE THIS IS
                The advisory names the versions that were downloaded, one by one or by a range.
                This is what the feed osv says; we did not examine the package ourselves.

                WHEN
                Downloads: 2
                First:     2026-04-14T12:00:00Z
                Last:      2026-04-15T08:30:00Z

                WHERE (newest first)
                2026-04-15T08:30:00Z  1.0.0  CI/CD: my-ci-bot  example-org/example-repo
                2026-04-14T12:00:00Z  1.0.0  user: Ada  ada@example[.]com

                WHAT TO DO NOW
                1. Treat every machine that installed it as compromised: such packages run their code at installation.
                2. Stop builds and deployments that use it, and remove the package.
                3. From another, clean machine, replace every secret that those machines could reach: registry, source code, cloud and SSH keys.
                4. Clear the caches of package managers, CI and proxies, and rebuild the machines. Removing the package may not be enough.
                5. Look for what the package left or sent, and keep the logs.

                WHAT WE CANNOT SEE
                Installations from caches, images and copies, downloads past the proxy, and whether the code was run.
                Downloads from before this destination was saved are not listed.

                --\s
                You get this because acme sends its breach notices to this address.
                Notification 00000000-0000-5000-8000-000000000001
                """, mail.text());
    }

    @Test
    void tellsAnOrganisationOfMalwareInJapanese() {
        // When
        Mail mail = composer.breach(MailSamples.malware(), Language.JA);

        // Then
        assertEquals("[緊急] example-pkg@1.0.0 は悪意あるパッケージです（acme でダウンロード済み）", mail.subject());
        assertEquals("""
                【悪意あるパッケージのダウンロード】
                example-pkg 1.0.0 (npm)

                ■ 対象
                パッケージ: example-pkg (npm)
                バージョン: 1.0.0
                深刻度: 緊急
                アドバイザリ: GHSA-aaaa-bbbb-cccc
                別名: MAL-2026-1
                公開日時: 2026-04-17T10:00:00Z
                詳細ページ: https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc
                配信元のページ: https[:]//example[.]org/advisories/1

                ■ 検知の理由（配信元の原文）
                Sends tokens to https[:]//evil[.]example[.]com/collect at installation.

                ■ 確からしさ
                アドバイザリは、ダウンロードしたバージョンを個別または範囲で対象としています。
                フィード osv の情報に基づくもので、当方でパッケージを検証してはいません。

                ■ ダウンロード日時（UTC）
                件数: 2
                最初: 2026-04-14T12:00:00Z
                最後: 2026-04-15T08:30:00Z

                ■ ダウンロード元（新しい順）
                2026-04-15T08:30:00Z  1.0.0  CI/CD: my-ci-bot  example-org/example-repo
                2026-04-14T12:00:00Z  1.0.0  ユーザー: Ada  ada@example[.]com

                ■ いま行うこと
                1. インストールしたすべての端末を侵害されたものとして扱ってください。この種のパッケージはインストール時にコードを実行します。
                2. このパッケージを使うビルドとデプロイを止め、パッケージを取り除いてください。
                3. 影響を受けていない別の端末から、該当端末で使えたすべての秘密情報（レジストリ、ソースコード、クラウド、SSH の鍵など）を交換してください。
                4. パッケージマネージャー、CI、プロキシのキャッシュを消去し、端末を作り直してください。パッケージの削除だけでは足りないことがあります。
                5. パッケージが残したものや送信したものを調べ、ログを保全してください。

                ■ こちらから見えないもの
                キャッシュ、イメージ、複製からのインストール、プロキシを通らないダウンロード、コードが実行されたかどうか。
                この通知先が保存される前のダウンロードは含まれません。

                --\s
                acme の侵害通知の送り先として登録されているため、このメールをお送りしています。
                通知 ID: 00000000-0000-5000-8000-000000000001
                """, mail.text());
    }

    @Test
    void tellsATokensHolderOfMoreDownloadsOfSomethingVulnerableInEnglish() {
        // When
        Mail mail = composer.breach(MailSamples.vulnerability(), Language.EN);

        // Then
        assertEquals("[not rated] example-pkg@1.0.0 is vulnerable and was downloaded with your token", mail.subject());
        assertEquals("""
                VULNERABLE PACKAGE DOWNLOADED
                example-pkg 1.0.0 (pypi)

                This adds downloads to an incident that you were told of before.

                WHAT
                Package:   example-pkg (pypi)
                Versions:  1.0.0
                Severity:  not rated
                Advisory:  PYSEC-2026-1
                Published: 2026-04-17T10:00:00Z
                Page:      https://osv.dev/vulnerability/PYSEC-2026-1

                WHY IT WAS FLAGGED (the feed's words)
                Parses hostile input.

                HOW SURE THIS IS
                The advisory names the versions that were downloaded, one by one or by a range.
                This is what the feed osv says; we did not examine the package ourselves.
                Nobody has rated it yet: it may be worse than it looks.

                WHEN
                Downloads: 1 (there are more)
                First:     2026-04-15T08:30:00Z
                Last:      2026-04-15T08:30:00Z

                WHERE (newest first)
                2026-04-15T08:30:00Z  1.0.0  your token  -

                WHAT TO DO NOW
                1. Upgrade to a fixed version: 1.0.1
                2. Renew lockfiles, images and caches that hold the affected version, and deploy again.
                3. Until then, check whether your code uses the affected part, and limit who can reach it.

                WHAT WE CANNOT SEE
                Installations from caches, images and copies, downloads past the proxy, and whether the code was run.
                Downloads without your token, or from before its address was verified, are not listed.

                --\s
                You get this because you download with an e-mail-verified token.
                Stop these mails: https://tocsin.example.com/unsubscribe/t
                Notification 00000000-0000-5000-8000-000000000001
                """, mail.text());
    }

    @Test
    void tellsATokensHolderOfMoreDownloadsOfSomethingVulnerableInJapanese() {
        // When
        Mail mail = composer.breach(MailSamples.vulnerability(), Language.JA);

        // Then
        assertEquals("[未評価] example-pkg@1.0.0 に脆弱性があります（あなたのトークンでダウンロード済み）", mail.subject());
        assertEquals("""
                【脆弱性のあるパッケージのダウンロード】
                example-pkg 1.0.0 (pypi)

                以前にお知らせしたインシデントに、新たなダウンロードが見つかりました。

                ■ 対象
                パッケージ: example-pkg (pypi)
                バージョン: 1.0.0
                深刻度: 未評価
                アドバイザリ: PYSEC-2026-1
                公開日時: 2026-04-17T10:00:00Z
                詳細ページ: https://osv.dev/vulnerability/PYSEC-2026-1

                ■ 検知の理由（配信元の原文）
                Parses hostile input.

                ■ 確からしさ
                アドバイザリは、ダウンロードしたバージョンを個別または範囲で対象としています。
                フィード osv の情報に基づくもので、当方でパッケージを検証してはいません。
                深刻度はまだ評価されていません。見た目より重大な場合があります。

                ■ ダウンロード日時（UTC）
                件数: 1（ほかにもあります）
                最初: 2026-04-15T08:30:00Z
                最後: 2026-04-15T08:30:00Z

                ■ ダウンロード元（新しい順）
                2026-04-15T08:30:00Z  1.0.0  あなたのトークン  -

                ■ いま行うこと
                1. 修正済みのバージョンに更新してください: 1.0.1
                2. 該当バージョンを含むロックファイル、イメージ、キャッシュを更新し、再度デプロイしてください。
                3. それまでの間、影響を受ける機能を使っているか確認し、到達できる範囲を制限してください。

                ■ こちらから見えないもの
                キャッシュ、イメージ、複製からのインストール、プロキシを通らないダウンロード、コードが実行されたかどうか。
                トークンを使わないダウンロードと、アドレス確認より前のダウンロードは含まれません。

                --\s
                メールアドレスを確認済みのトークンをお使いのため、このメールをお送りしています。
                お知らせを停止する: https://tocsin.example.com/unsubscribe/t
                通知 ID: 00000000-0000-5000-8000-000000000001
                """, mail.text());
    }

    @Test
    void asksForConfirmation() {
        // When
        Mail mail = composer.confirmation(
                "acme",
                "https://tocsin.example.com/email-confirmations/x.y",
                Instant.parse("2026-04-19T10:00:00Z"),
                Language.EN);

        // Then
        assertEquals("Confirm this address for security notices of acme", mail.subject());
        assertEquals("""
                Somebody at acme wants to send security notices to this address.

                To agree, open this page and press the button there:
                https://tocsin.example.com/email-confirmations/x.y

                The link is good until 2026-04-19T10:00:00Z, once. If you did not expect this, do nothing: you will get no notices.
                """, mail.text());
    }
}
