package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The mail of a drill, whole: it is marked in its subject, its first line, each heading and its last line. */
class DrillMailTest {

    private final EmailComposer composer = new EmailComposer();

    @Test
    void isMarkedInEveryPartInEnglish() {
        // When
        Mail mail = composer.breach(MailSamples.drill(), Language.EN);

        // Then
        assertEquals("[DRILL] [critical] tocsin-drill@1.0.0 is malicious and was downloaded by acme", mail.subject());
        assertEquals("""
                [DRILL] MALICIOUS PACKAGE DOWNLOADED
                [DRILL] tocsin-drill 1.0.0 (npm)

                THIS IS A DRILL. Somebody of your organisation asked for it to see that this notice arrives. Nothing happened, and nothing below is to be done.

                [DRILL] WHAT
                Package:   tocsin-drill (npm)
                Versions:  1.0.0
                Severity:  critical
                Advisory:  DRILL-1
                Published: 2026-04-17T10:00:00Z

                [DRILL] WHY IT WAS FLAGGED (the feed's words)
                This is a drill. There is no such package, and nobody fetched it.

                [DRILL] HOW SURE THIS IS
                The advisory names the versions that were downloaded, one by one or by a range.
                This is what the feed drill says; we did not examine the package ourselves.

                [DRILL] WHEN
                Downloads: 1
                First:     2026-04-15T08:30:00Z
                Last:      2026-04-15T08:30:00Z

                [DRILL] WHERE (newest first)
                2026-04-15T08:30:00Z  1.0.0  CI/CD: my-ci-bot  example-org/drill

                [DRILL] WHAT TO DO NOW
                1. Treat every machine that installed it as compromised: such packages run their code at installation.
                2. Stop builds and deployments that use it, and remove the package.
                3. From another, clean machine, replace every secret that those machines could reach: registry, source code, cloud and SSH keys.
                4. Clear the caches of package managers, CI and proxies, and rebuild the machines. Removing the package may not be enough.
                5. Look for what the package left or sent, and keep the logs.

                [DRILL] WHAT WE CANNOT SEE
                Installations from caches, images and copies, downloads past the proxy, and whether the code was run.
                Downloads from before this destination was saved are not listed.

                --\s
                You get this because acme sends its breach notices to this address.
                Notification 00000000-0000-5000-8000-000000000001 [DRILL]
                """, mail.text());
    }

    @Test
    void isMarkedInEveryPartInJapanese() {
        // When
        Mail mail = composer.breach(MailSamples.drill(), Language.JA);

        // Then
        assertEquals("【訓練】 [緊急] tocsin-drill@1.0.0 は悪意あるパッケージです（acme でダウンロード済み）", mail.subject());
        assertEquals("""
                【訓練】 【悪意あるパッケージのダウンロード】
                【訓練】 tocsin-drill 1.0.0 (npm)

                【訓練】これは組織の担当者が通知の到達を確認するために送信した訓練です。実際の問題は発生しておらず、以下の対応は不要です。

                【訓練】 ■ 対象
                パッケージ: tocsin-drill (npm)
                バージョン: 1.0.0
                深刻度: 緊急
                アドバイザリ: DRILL-1
                公開日時: 2026-04-17T10:00:00Z

                【訓練】 ■ 検知の理由（配信元の原文）
                This is a drill. There is no such package, and nobody fetched it.

                【訓練】 ■ 確からしさ
                アドバイザリは、ダウンロードしたバージョンを個別または範囲で対象としています。
                フィード drill の情報に基づくもので、当方でパッケージを検証してはいません。

                【訓練】 ■ ダウンロード日時（UTC）
                件数: 1
                最初: 2026-04-15T08:30:00Z
                最後: 2026-04-15T08:30:00Z

                【訓練】 ■ ダウンロード元（新しい順）
                2026-04-15T08:30:00Z  1.0.0  CI/CD: my-ci-bot  example-org/drill

                【訓練】 ■ いま行うこと
                1. インストールしたすべての端末を侵害されたものとして扱ってください。この種のパッケージはインストール時にコードを実行します。
                2. このパッケージを使うビルドとデプロイを止め、パッケージを取り除いてください。
                3. 影響を受けていない別の端末から、該当端末で使えたすべての秘密情報（レジストリ、ソースコード、クラウド、SSH の鍵など）を交換してください。
                4. パッケージマネージャー、CI、プロキシのキャッシュを消去し、端末を作り直してください。パッケージの削除だけでは足りないことがあります。
                5. パッケージが残したものや送信したものを調べ、ログを保全してください。

                【訓練】 ■ こちらから見えないもの
                キャッシュ、イメージ、複製からのインストール、プロキシを通らないダウンロード、コードが実行されたかどうか。
                この通知先が保存される前のダウンロードは含まれません。

                --\s
                acme の侵害通知の送り先として登録されているため、このメールをお送りしています。
                通知 ID: 00000000-0000-5000-8000-000000000001 【訓練】
                """, mail.text());
    }
}
