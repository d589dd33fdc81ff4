package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Audience;

/** The mail that tells of several incidents, whole. */
class DigestTextTest {

    private final EmailComposer composer = new EmailComposer();

    @Test
    void tellsAnOrganisationInEnglish() {
        // When
        Mail mail = composer.digest(MailSamples.digest(), Language.EN);

        // Then
        assertEquals("[critical] 2 more notices of bad packages downloaded by acme", mail.subject());
        assertEquals("""
                2 MORE NOTICES OF BAD PACKAGES
                They came soon after one that you were sent, so they are one mail. The most severe stand first.

                == example-pkg 1.0.0 (npm): MALICIOUS
                Severity:  critical
                Advisory:  GHSA-aaaa-bbbb-cccc
                Also:      MAL-2026-1
                Page:      https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc
                Feed page: https[:]//example[.]org/advisories/1
                Why (the feed's words): Sends tokens to https[:]//evil[.]example[.]com/collect at installation.
                The advisory names the versions that were downloaded, one by one or by a range.
                This is what the feed osv says; we did not examine the package ourselves.
                Downloads: 2, the first 2026-04-14T12:00:00Z, the last 2026-04-15T08:30:00Z
                - 2026-04-15T08:30:00Z  1.0.0  CI/CD: my-ci-bot  example-org/example-repo
                - 2026-04-14T12:00:00Z  1.0.0  user: Ada  ada@example[.]com
                Notification 00000000-0000-5000-8000-000000000001

                == example-pkg 1.0.0 (pypi): VULNERABLE
                This adds downloads to an incident that you were told of before.
                Severity:  not rated
                Advisory:  PYSEC-2026-1
                Page:      https://osv.dev/vulnerability/PYSEC-2026-1
                Fixed in:  1.0.1
                Why (the feed's words): Parses hostile input.
                The advisory names the versions that were downloaded, one by one or by a range.
                This is what the feed osv says; we did not examine the package ourselves.
                Nobody has rated it yet: it may be worse than it looks.
                Downloads: 1, the first 2026-04-15T08:30:00Z, the last 2026-04-15T08:30:00Z
                - 2026-04-15T08:30:00Z  1.0.0  CI/CD: my-ci-bot  example-org/example-repo
                Notification 00000000-0000-5000-8000-000000000001

                WHAT TO DO NOW
                Where a package is malicious:
                1. Treat every machine that installed it as compromised: such packages run their code at installation.
                2. Stop builds and deployments that use it, and remove the package.
                3. From another, clean machine, replace every secret that those machines could reach: registry, source code, cloud and SSH keys.
                4. Clear the caches of package managers, CI and proxies, and rebuild the machines. Removing the package may not be enough.
                5. Look for what the package left or sent, and keep the logs.
                Where a package is vulnerable:
                1. Upgrade to a fixed version, or to one that the advisory does not name.
                2. Renew lockfiles, images and caches that hold the affected version, and deploy again.
                3. Until then, check whether your code uses the affected part, and limit who can reach it.

                WHAT WE CANNOT SEE
                Installations from caches, images and copies, downloads past the proxy, and whether the code was run.
                Downloads from before this destination was saved are not listed.

                --\s
                You get this because acme sends its breach notices to this address.
                Notification 00000000-0000-5000-8000-000000000002
                """, mail.text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EN | [critical] 1 more notice of a bad package downloaded by acme          | 1 MORE NOTICE OF A BAD PACKAGE        | >1 more notice of a bad package</h1>
            JA | [緊急] 問題のあるパッケージに関する通知がさらに 1 件あります（acme でダウンロード済み） | 【問題のあるパッケージに関する通知（さらに 1 件）】 | >問題のあるパッケージに関する通知（さらに 1 件）</h1>
            """)
    void saysWhatIsTakenBackBesideWhatIsBad(Language language, String subject, String first, String heading) {
        // When
        Mail mail = composer.digest(MailSamples.undelivered(), language);

        // Then
        assertEquals(subject, mail.subject());
        assertEquals(first, mail.text().lines().findFirst().orElseThrow());
        assertTrue(mail.html().contains(heading), mail.html());
        String text = switch (language) {
            case EN -> """

                    TAKEN BACK
                    What follows was taken back. By what its source says now, the package is not affected, and you need not go on with what an earlier notice asked for.

                    == example-pkg (pypi)
                    The webhook that should have told this could not be delivered, so this mail does.
                    Advisory:  PYSEC-2026-1
                    Also:      CVE-2026-1
                    Withdrawn: 2026-04-17T10:01:00Z
                    Notification 00000000-0000-5000-8000-000000000001

                    WHAT TO DO NOW
                    """;
            case JA -> """

                    ■ 取り下げ
                    次のアドバイザリは取り下げられました。現在の情報ではパッケージは影響を受けず、以前の通知でお願いした対応を続ける必要はありません。

                    ■ example-pkg (pypi)
                    この通知の Webhook を配信できなかったため、メールでお知らせします。
                    アドバイザリ: PYSEC-2026-1
                    別名: CVE-2026-1
                    取り下げ日時: 2026-04-17T10:01:00Z
                    通知 ID: 00000000-0000-5000-8000-000000000001

                    ■ いま行うこと
                    """;
        };
        assertTrue(mail.text().contains(text), mail.text());
        assertTrue(mail.html().contains("PYSEC-2026-1"), mail.html());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EN | [withdrawn] 2 more advisories were taken back on packages downloaded by acme | WHAT TO DO NOW | 2 MORE ADVISORIES WERE TAKEN BACK | >2 more advisories were taken back</h1>
            JA | [取り下げ] アドバイザリがさらに 2 件取り下げられました（acme でダウンロード済み）            | いま行うこと | 【アドバイザリの取り下げ（さらに 2 件）】 | >アドバイザリの取り下げ（さらに 2 件）</h1>
            """)
    void asksForNothingWhereAllIsTakenBack(
            Language language, String subject, String asks, String first, String heading) {
        // When
        Mail mail = composer.digest(
                new DigestNotice(
                        UUID.randomUUID(),
                        new Audience.Organisation("acme"),
                        List.of(),
                        List.of(MailSamples.withdrawn(), MailSamples.withdrawn()),
                        Optional.empty()),
                language);

        // Then
        assertEquals(subject, mail.subject());
        assertFalse(mail.text().contains(asks), mail.text());
        assertEquals(first, mail.text().lines().findFirst().orElseThrow());
        assertTrue(mail.html().contains(heading), mail.html());
        assertFalse(mail.text().contains("severe"), mail.text());
        assertFalse(mail.text().contains("深刻"), mail.text());
    }

    @Test
    void tellsAnOrganisationInJapanese() {
        // When
        Mail mail = composer.digest(MailSamples.digest(), Language.JA);

        // Then
        assertEquals("[緊急] 問題のあるパッケージに関する通知がさらに 2 件あります（acme でダウンロード済み）", mail.subject());
        assertEquals("""
                【問題のあるパッケージに関する通知（さらに 2 件）】
                先にお送りした通知の直後に続いたため、一通にまとめました。深刻なものから順に並べています。

                ■ example-pkg 1.0.0 (npm): 悪意あるパッケージ
                深刻度: 緊急
                アドバイザリ: GHSA-aaaa-bbbb-cccc
                別名: MAL-2026-1
                詳細ページ: https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc
                配信元のページ: https[:]//example[.]org/advisories/1
                検知の理由（配信元の原文）: Sends tokens to https[:]//evil[.]example[.]com/collect at installation.
                アドバイザリは、ダウンロードしたバージョンを個別または範囲で対象としています。
                フィード osv の情報に基づくもので、当方でパッケージを検証してはいません。
                ダウンロード: 2 件、最初 2026-04-14T12:00:00Z、最後 2026-04-15T08:30:00Z
                - 2026-04-15T08:30:00Z  1.0.0  CI/CD: my-ci-bot  example-org/example-repo
                - 2026-04-14T12:00:00Z  1.0.0  ユーザー: Ada  ada@example[.]com
                通知 ID: 00000000-0000-5000-8000-000000000001

                ■ example-pkg 1.0.0 (pypi): 脆弱性のあるパッケージ
                以前にお知らせしたインシデントに、新たなダウンロードが見つかりました。
                深刻度: 未評価
                アドバイザリ: PYSEC-2026-1
                詳細ページ: https://osv.dev/vulnerability/PYSEC-2026-1
                修正済みのバージョン: 1.0.1
                検知の理由（配信元の原文）: Parses hostile input.
                アドバイザリは、ダウンロードしたバージョンを個別または範囲で対象としています。
                フィード osv の情報に基づくもので、当方でパッケージを検証してはいません。
                深刻度はまだ評価されていません。見た目より重大な場合があります。
                ダウンロード: 1 件、最初 2026-04-15T08:30:00Z、最後 2026-04-15T08:30:00Z
                - 2026-04-15T08:30:00Z  1.0.0  CI/CD: my-ci-bot  example-org/example-repo
                通知 ID: 00000000-0000-5000-8000-000000000001

                ■ いま行うこと
                悪意あるパッケージの場合:
                1. インストールしたすべての端末を侵害されたものとして扱ってください。この種のパッケージはインストール時にコードを実行します。
                2. このパッケージを使うビルドとデプロイを止め、パッケージを取り除いてください。
                3. 影響を受けていない別の端末から、該当端末で使えたすべての秘密情報（レジストリ、ソースコード、クラウド、SSH の鍵など）を交換してください。
                4. パッケージマネージャー、CI、プロキシのキャッシュを消去し、端末を作り直してください。パッケージの削除だけでは足りないことがあります。
                5. パッケージが残したものや送信したものを調べ、ログを保全してください。
                脆弱性のあるパッケージの場合:
                1. 修正済みのバージョン、またはアドバイザリの対象でないバージョンに更新してください。
                2. 該当バージョンを含むロックファイル、イメージ、キャッシュを更新し、再度デプロイしてください。
                3. それまでの間、影響を受ける機能を使っているか確認し、到達できる範囲を制限してください。

                ■ こちらから見えないもの
                キャッシュ、イメージ、複製からのインストール、プロキシを通らないダウンロード、コードが実行されたかどうか。
                この通知先が保存される前のダウンロードは含まれません。

                --\s
                acme の侵害通知の送り先として登録されているため、このメールをお送りしています。
                通知 ID: 00000000-0000-5000-8000-000000000002
                """, mail.text());
    }
}
