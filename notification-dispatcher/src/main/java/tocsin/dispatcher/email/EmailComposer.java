package tocsin.dispatcher.email;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tocsin.dispatcher.incident.Advisory;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Principal;
import tocsin.dispatcher.incident.SeverityRank;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.payload.PlainText;
import tocsin.dispatcher.payload.Summary;
import tocsin.dispatcher.payload.Timestamps;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;

/** Makes mails of facts, in each language. The same facts give the same mail. */
@Singleton
public final class EmailComposer {

    private static final int LISTED_DOWNLOADS = 20;
    /** Of each incident where a mail tells of several. */
    private static final int LISTED_OF_EACH = 5;

    private static final int LISTED_VERSIONS = 10;
    private static final int LISTED_ALIASES = 10;
    private static final int LONGEST_NAME = 120;
    private static final int LONGEST_REASON = 1000;
    private static final int LONGEST_SUBJECT = 160;

    /** Ids that osv.dev has a page of; anything else could lead anywhere. */
    private static final Pattern OSV_ID = Pattern.compile("(GHSA|MAL|PYSEC|CVE)-[A-Za-z0-9-]{1,60}");

    private final TemplateEngine html = engine(ContentType.Html, "mailtemplates.html");
    private final TemplateEngine text = engine(ContentType.Plain, "mailtemplates.text");

    private static TemplateEngine engine(ContentType type, String generatedPackage) {
        TemplateEngine engine =
                TemplateEngine.createPrecompiled(null, type, EmailComposer.class.getClassLoader(), generatedPackage);
        engine.setTrimControlStructures(true);
        return engine;
    }

    /** The notice to people who fetched something bad. */
    public Mail breach(BreachNotice notice, Language language) {
        BreachView view = view(notice, Words.of(language), LISTED_DOWNLOADS);
        String mark =
                notice.kind() == Notification.Kind.DRILL ? Words.of(language).drill() + " " : "";
        return mail(
                PlainText.oneLine(mark + subject(view, language), LONGEST_SUBJECT), "breach_" + language.code(), view);
    }

    /** Tells of several incidents at once, the most severe first. */
    public Mail digest(DigestNotice notice, Language language) {
        Words words = Words.of(language);
        List<BreachNotice> worstFirst = notice.notices().stream()
                .sorted(Comparator.comparingInt((BreachNotice it) ->
                                SeverityRank.of(it.advisory().severity()))
                        .reversed())
                .toList();
        DigestView view = new DigestView(
                worstFirst.stream().map(it -> view(it, words, LISTED_OF_EACH)).toList(),
                notice.withdrawn().stream().map(it -> view(it, words)).toList(),
                org(notice.audience()),
                notice.unsubscribe(),
                notice.notification().toString());
        return mail(PlainText.oneLine(subject(view, language), LONGEST_SUBJECT), "digest_" + language.code(), view);
    }

    private static String subject(DigestView view, Language language) {
        boolean onlyWithdrawn = view.items().isEmpty();
        int count = onlyWithdrawn ? view.withdrawn().size() : view.items().size();
        String what = onlyWithdrawn ? "" : "[" + view.items().getFirst().severity() + "] ";
        return switch (language) {
            case EN ->
                (onlyWithdrawn
                                ? "[withdrawn] " + count + " more advisories were taken back on packages"
                                : what
                                        + count
                                        + (count == 1
                                                ? " more notice of a bad package"
                                                : " more notices of bad packages"))
                        + (view.org().isEmpty() ? " downloaded with your token" : " downloaded by " + view.org());
            case JA ->
                (onlyWithdrawn
                                ? "[取り下げ] アドバイザリがさらに " + count + " 件取り下げられました"
                                : what + "問題のあるパッケージに関する通知がさらに " + count + " 件あります")
                        + (view.org().isEmpty() ? "（あなたのトークンでダウンロード済み）" : "（" + view.org() + " でダウンロード済み）");
        };
    }

    private static WithdrawnView view(WithdrawnNotice notice, Words words) {
        Advisory advisory = notice.advisory();
        return new WithdrawnView(
                name(advisory.packageKey().name()),
                advisory.packageKey().ecosystem().wireName(),
                defanged(advisory.id()),
                list(new LinkedHashSet<>(advisory.aliases()), LISTED_ALIASES, EmailComposer::defanged),
                advisory.withdrawnAt().map(Timestamps::text).orElse(""),
                org(notice.audience()),
                notice.undelivered() ? words.undelivered() : "",
                notice.unsubscribe(),
                notice.notification().toString());
    }

    /** Takes back what was told of an incident. */
    public Mail withdrawn(WithdrawnNotice notice, Language language) {
        WithdrawnView view = view(notice, Words.of(language));
        boolean narrowed = view.withdrawnAt().isEmpty();
        String subject = switch (language) {
            case EN ->
                narrowed
                        ? "[withdrawn] The advisory does not name " + view.packageName() + " any more"
                        : "[withdrawn] The advisory on " + view.packageName() + " was taken back";
            case JA ->
                narrowed
                        ? "[取り下げ] " + view.packageName() + " はアドバイザリの対象から外れました"
                        : "[取り下げ] " + view.packageName() + " に関するアドバイザリは取り下げられました";
        };
        return mail(PlainText.oneLine(subject, LONGEST_SUBJECT), "withdrawn_" + language.code(), view);
    }

    private static String org(Audience audience) {
        return switch (audience) {
            case Audience.Organisation(String org) -> org;
            case Audience.Token _ -> "";
        };
    }

    /**
     * Asks whether the address wants the notices.
     *
     * @param until when the link is good no more
     */
    public Mail confirmation(String org, String link, Instant until, Language language) {
        String subject = switch (language) {
            case EN -> "Confirm this address for security notices of " + org;
            case JA -> org + " のセキュリティ通知を受け取るアドレスの確認";
        };
        return mail(
                subject, "confirmation_" + language.code(), new ConfirmationView(org, link, Timestamps.text(until)));
    }

    /** Tells the owner of an endpoint that nothing goes there any more. */
    public Mail endpointDisabled(String org, String endpointId, String reason, Language language) {
        String subject = switch (language) {
            case EN -> "Webhook endpoint " + endpointId + " of " + org + " was disabled";
            case JA -> org + " の Webhook エンドポイント " + endpointId + " は無効になりました";
        };
        return mail(
                PlainText.oneLine(subject, LONGEST_SUBJECT),
                "endpoint_disabled_" + language.code(),
                new EndpointDisabledView(org, name(endpointId), Defanged.of(reason, LONGEST_REASON)));
    }

    private Mail mail(String subject, String template, Object view) {
        return new Mail(subject, render(text, template, view), render(html, template, view));
    }

    /** The page behind the link of a confirmation. */
    public String page(ConfirmationPage page) {
        return render(html, "confirmation_page", page);
    }

    private static String render(TemplateEngine engine, String template, Object view) {
        StringOutput output = new StringOutput();
        engine.render(template + ".jte", view, output);
        return output.toString();
    }

    private static String subject(BreachView view, Language language) {
        String what = "[" + view.severity() + "] " + view.packageName() + "@" + view.versions();
        String subject = switch (language) {
            case EN ->
                what
                        + (view.malware() ? " is malicious" : " is vulnerable")
                        + (view.org().isEmpty()
                                ? " and was downloaded with your token"
                                : " and was downloaded by " + view.org());
            case JA ->
                what
                        + (view.malware() ? " は悪意あるパッケージです" : " に脆弱性があります")
                        + (view.org().isEmpty() ? "（あなたのトークンでダウンロード済み）" : "（" + view.org() + " でダウンロード済み）");
        };
        return PlainText.oneLine(subject, LONGEST_SUBJECT);
    }

    private static BreachView view(BreachNotice notice, Words words, int most) {
        Advisory advisory = notice.advisory();
        Summary summary = Summary.of(notice.downloads(), notice.truncated());
        List<Download> listed = notice.downloads().stream().limit(most).toList();
        return new BreachView(
                advisory.kind() == AdvisoryKind.MALWARE,
                leads(notice, words),
                notice.truncated(),
                words.severity(advisory.severity()),
                name(advisory.packageKey().name()),
                advisory.packageKey().ecosystem().wireName(),
                list(versions(notice), LISTED_VERSIONS, EmailComposer::name),
                defanged(advisory.id()),
                list(new LinkedHashSet<>(advisory.aliases()), LISTED_ALIASES, EmailComposer::defanged),
                Optional.of(advisory.id())
                        .filter(OSV_ID.asMatchPredicate())
                        .map(id -> "https://osv.dev/vulnerability/" + id),
                advisory.url().map(url -> Defanged.of(url, 500)),
                Timestamps.text(advisory.publishedAt()),
                Defanged.of(advisory.summary(), LONGEST_REASON),
                words.confidence(
                        advisory.allVersions(), advisory.severity() == Severity.UNKNOWN, defanged(advisory.feed())),
                Timestamps.text(summary.earliest()),
                Timestamps.text(summary.latest()),
                summary.totalDownloads(),
                listed.stream()
                        .map(download -> row(download, notice.audience(), words))
                        .toList(),
                notice.downloads().size() - listed.size(),
                moreUrl(notice, listed),
                org(notice.audience()),
                notice.kind() == Notification.Kind.DRILL ? words.drill() : "",
                list(fixedVersions(advisory), LISTED_VERSIONS, EmailComposer::defanged),
                notice.unsubscribe(),
                notice.notification().toString());
    }

    private static Optional<String> moreUrl(BreachNotice notice, List<Download> listed) {
        boolean leavesOut =
                notice.truncated() || listed.size() < notice.downloads().size();
        return notice.more()
                .filter(_ -> leavesOut)
                .map(it -> it.url(
                        notice.advisory().packageKey(),
                        notice.fetchedVersions(),
                        listed.getLast().fetchedAt()));
    }

    private static List<String> leads(BreachNotice notice, Words words) {
        return Stream.of(notice.undelivered() ? words.undelivered() : "", words.update(notice.kind()))
                .filter(lead -> !lead.isEmpty())
                .toList();
    }

    private static BreachView.Row row(Download download, Audience audience, Words words) {
        Principal principal = download.principal();
        String who = switch (audience) {
            case Audience.Organisation _ ->
                words.principal(principal.type()) + ": " + Defanged.of(principal.name(), LONGEST_NAME);
            // The reader knows no name of it: what is stored is the token's hash.
            case Audience.Token _ -> words.yourToken();
        };
        return new BreachView.Row(
                Timestamps.text(download.fetchedAt()),
                name(download.version()),
                who,
                Defanged.of(principal.repository().or(principal::email).orElse("-"), LONGEST_NAME));
    }

    /** Those of the listed downloads first; then what was fetched besides, which the cap left out or an earlier notice told. */
    private static Set<String> versions(BreachNotice notice) {
        return Stream.concat(notice.downloads().stream().map(Download::version), notice.fetchedVersions().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Set<String> fixedVersions(Advisory advisory) {
        return advisory.ranges().stream()
                .flatMap(range -> range.borders().stream())
                .filter(border -> border.kind().equals("fixed"))
                .map(border -> border.version())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The package's name and fetched versions are shown exactly: people search for them. */
    private static String name(String hostile) {
        return PlainText.oneLine(hostile, LONGEST_NAME);
    }

    /** What only the feed chose the words of. */
    private static String defanged(String hostile) {
        return Defanged.of(hostile, LONGEST_NAME);
    }

    private static String list(Set<String> values, int most, UnaryOperator<String> shownAs) {
        String shown = values.stream().limit(most).map(shownAs).collect(Collectors.joining(", "));
        return values.size() > most ? shown + ", … (+" + (values.size() - most) + ")" : shown;
    }
}
