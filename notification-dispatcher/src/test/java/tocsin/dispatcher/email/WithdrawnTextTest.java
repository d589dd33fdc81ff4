package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.Samples;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.AdvisoryAccepted;

/** The whole mail that takes something back, as its readers see it. */
class WithdrawnTextTest {

    private static final UUID NOTIFICATION = UUID.fromString("00000000-0000-5000-8000-000000000001");

    private static Mail mail(String audience, Language language) {
        return mail(audience, language, Samples.advisory().setWithdrawnAt(Samples.PUBLISHED.plusSeconds(3600)));
    }

    private static Mail mail(String audience, Language language, AdvisoryAccepted.Builder advisory) {
        advisory.setAliases(List.of("MAL-2026-1", "https://evil.example.com/login"));
        return new EmailComposer()
                .withdrawn(
                        new WithdrawnNotice(
                                NOTIFICATION,
                                Audience.parse(audience),
                                Samples.read(Samples.matched(
                                                audience, advisory, Samples.downloads(1, "2026-04-15T08:30:00Z")))
                                        .advisory(),
                                false,
                                audience.startsWith("token:")
                                        ? Optional.of("https://tocsin.example.com/unsubscribe/t")
                                        : Optional.empty()),
                        language);
    }

    @Test
    void takesBackInEnglish() {
        // When
        Mail mail = mail("org:acme", Language.EN);

        // Then
        assertEquals("[withdrawn] The advisory on example-pkg was taken back", mail.subject());
        assertEquals("""
                Advisory withdrawn

                The advisory that we told you of was taken back. By what its source says now, example-pkg (npm) is not affected.

                Advisory: GHSA-aaaa-bbbb-cccc
                Also: MAL-2026-1, https[:]//evil[.]example[.]com/login
                Withdrawn: 2026-04-17T11:00:00Z

                What to do now
                You need not go on with what the earlier notice asked for. Secrets that you replaced may stay replaced, and what you removed may come back after a look at the advisory.
                Advisories are also withdrawn by mistake. If you saw something suspicious yourself, trust that more.

                --\s
                You get this because acme was told of it at this address.
                Notification 00000000-0000-5000-8000-000000000001
                """, mail.text());
    }

    @Test
    void takesBackInJapanese() {
        // When
        Mail mail = mail("token:" + "a".repeat(64), Language.JA);

        // Then
        assertEquals("[取り下げ] example-pkg に関するアドバイザリは取り下げられました", mail.subject());
        assertEquals("""
                アドバイザリの取り下げ

                以前にお知らせしたアドバイザリは取り下げられました。現在の情報では、example-pkg（npm）は影響を受けません。

                アドバイザリ: GHSA-aaaa-bbbb-cccc
                別名: MAL-2026-1, https[:]//evil[.]example[.]com/login
                取り下げ日時: 2026-04-17T11:00:00Z

                対応
                以前の通知でお願いした対応を続ける必要はありません。交換済みのシークレットはそのままで構いません。削除したパッケージは、アドバイザリを確認してから元に戻せます。
                アドバイザリは誤って取り下げられることもあります。不審な点に気付いている場合は、そちらを優先してください。

                --\s
                このメールは、メール認証済みトークンの利用者としてお知らせを受け取った方に送信しています。
                お知らせを停止する: https://tocsin.example.com/unsubscribe/t
                通知 00000000-0000-5000-8000-000000000001
                """, mail.text());
    }

    @Test
    void saysThatThePackageIsOnlyNamedNoMore() {
        // When
        Mail english = mail("org:acme", Language.EN, Samples.advisory().setNarrowed(true));
        Mail japanese = mail("org:acme", Language.JA, Samples.advisory().setNarrowed(true));

        // Then
        assertEquals("[withdrawn] The advisory does not name example-pkg any more", english.subject());
        assertEquals("[取り下げ] example-pkg はアドバイザリの対象から外れました", japanese.subject());
        assertTrue(english.text().startsWith("""
                Package not named any more

                The advisory that we told you of does not name this package any more. By what its source says now, example-pkg (npm) is not affected.

                Advisory: GHSA-aaaa-bbbb-cccc
                Also: MAL-2026-1, https[:]//evil[.]example[.]com/login

                What to do now
                """), english.text());
        assertTrue(japanese.text().startsWith("""
                アドバイザリの対象からの除外

                以前にお知らせしたアドバイザリの対象から、このパッケージが外れました。現在の情報では、example-pkg（npm）は影響を受けません。

                アドバイザリ: GHSA-aaaa-bbbb-cccc
                """), japanese.text());
        assertTrue(english.html().contains(">Package not named any more</h1>"), english.html());
        assertFalse(english.html().contains("taken back"), english.html());
        assertTrue(japanese.html().contains(">アドバイザリの対象からの除外</h1>"), japanese.html());
    }

    @Test
    void saysTheSameAsAPageWithoutALinkOfTheFeeds() {
        // When
        String html = mail("org:acme", Language.EN).html();

        // Then
        assertTrue(html.contains("<html lang=\"en\">"), html);
        assertTrue(html.contains("Also: MAL-2026-1, https[:]//evil[.]example[.]com/login"), html);
        assertFalse(html.contains("https://"), html);
    }
}
