package tocsin.dispatcher.email;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.payload.MoreLink;
import tocsin.schemas.Audience;

/** A mail that leaves downloads out says where they are. */
class SaysWhereTheRestIsTest {

    /** Beginning with the oldest that is listed: another may have come in its millisecond. */
    private static final String URL =
            "https://tocsin.example.com/v1/orgs/acme/downloads?ecosystem=npm&package=example-pkg"
                    + "&until=2026-04-15T08:%s&version=1.0.0";

    private static final MoreLink MORE =
            new MoreLink(URI.create("https://tocsin.example.com"), new Audience.Organisation("acme"));

    private final EmailComposer composer = new EmailComposer();

    private static BreachNotice notice(int downloads, boolean truncated, Optional<MoreLink> more) {
        BreachNotice notice = MailSamples.notice(
                "org:acme",
                Samples.advisory(),
                Samples.downloads(downloads, "2026-04-15T08:30:00Z"),
                truncated,
                Notification.Kind.BREACH);
        return new BreachNotice(
                notice.notification(),
                notice.audience(),
                notice.advisory(),
                notice.fetchedVersions(),
                notice.downloads(),
                notice.truncated(),
                notice.kind(),
                notice.undelivered(),
                more,
                notice.unsubscribe());
    }

    private static DigestNotice digest(BreachNotice notice) {
        return new DigestNotice(
                notice.notification(),
                notice.audience(),
                List.of(notice, MailSamples.malware()),
                List.of(),
                Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EN | 21 | false | and 1 more  | The rest | , for who asks with a token of a member
            JA | 21 | false | ほか 1 件    | 残り      | はメンバーのトークンで取得できます
            EN | 20 | true  |             | The rest | , for who asks with a token of a member
            JA | 20 | true  |             | 残り      | はメンバーのトークンで取得できます
            """)
    void namesThePlaceInANotice(
            Language language, int downloads, boolean truncated, String counted, String linked, String words) {
        // Given
        String url = URL.formatted("29:41.001Z");

        // When
        Mail mail = composer.breach(notice(downloads, truncated, Optional.of(MORE)), language);

        // Then
        String text = (counted == null ? "" : counted + "\n") + linked + words + ": " + url + "\n\n";
        assertTrue(mail.text().contains(text), mail.text());
        assertTrue(mail.html().contains("""
                                <p style="margin:4px 0 0;word-break:break-word"><a style="color:#0550ae" href="%s">%s</a>%s</p>
                                """.formatted(url.replace("&", "&amp;"), linked, words)), mail.html());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EN | - and 1 more | - The rest, for who asks with a token of a member:
            JA | - ほか 1 件   | - 残りはメンバーのトークンで取得できます:
            """)
    void namesThePlaceOfEachInADigest(Language language, String counted, String words) {
        // Given
        String url = URL.formatted("29:56.001Z");

        // When
        Mail mail = composer.digest(digest(notice(6, false, Optional.of(MORE))), language);

        // Then
        assertTrue(mail.text().contains(counted + "\n" + words + " " + url + "\n"), mail.text());
        assertEquals(1, mail.text().split("/downloads", -1).length - 1, mail.text());
        assertTrue(mail.html().contains("href=\"" + url.replace("&", "&amp;") + "\""), mail.html());
    }

    @Test
    void namesNoneWhereNothingIsLeftOutOrNobodyCouldSay() {
        for (Language language : Language.values()) {
            for (BreachNotice notice :
                    List.of(notice(20, false, Optional.of(MORE)), notice(21, true, Optional.empty()))) {
                // When
                Mail mail = composer.breach(notice, language);

                // Then
                assertFalse(mail.text().contains("/downloads"), mail.text());
                assertFalse(mail.html().contains("/downloads"), mail.html());
            }
        }
    }
}
