package tocsin.dispatcher.email;

import java.util.ArrayList;
import java.util.List;
import tocsin.dispatcher.ledger.Notification;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.Severity;

/** The few words that templates do not hold because they depend on a fact. */
enum Words {
    ENGLISH {
        @Override
        String severity(Severity severity) {
            return switch (severity) {
                case UNKNOWN -> "not rated";
                case LOW -> "low";
                case MEDIUM -> "medium";
                case HIGH -> "high";
                case CRITICAL -> "critical";
            };
        }

        @Override
        String principal(PrincipalType type) {
            return switch (type) {
                case HUMAN -> "user";
                case CI_CD -> "CI/CD";
                case ORG_TOKEN -> "org token";
                case ANONYMOUS, UNKNOWN -> "anonymous";
            };
        }

        @Override
        String yourToken() {
            return "your token";
        }

        @Override
        List<String> confidence(boolean allVersions, boolean unrated, String feed) {
            List<String> sentences = new ArrayList<>();
            sentences.add(
                    allVersions
                            ? "The advisory names every version of the package, so also those that were downloaded."
                            : "The advisory names the versions that were downloaded, one by one or by a range.");
            sentences.add("This is what the feed " + feed + " says; we did not examine the package ourselves.");
            if (unrated) {
                sentences.add("Nobody has rated it yet: it may be worse than it looks.");
            }
            return sentences;
        }

        @Override
        String drill() {
            return "[DRILL]";
        }

        @Override
        String undelivered() {
            return "The webhook that should have told this could not be delivered, so this mail does.";
        }

        @Override
        String update(Notification.Kind kind) {
            return switch (kind) {
                case DRILL ->
                    "THIS IS A DRILL. Somebody of your organisation asked for it to see that this notice arrives. Nothing happened, and nothing below is to be done.";
                case FOLLOW_UP -> "This adds downloads to an incident that you were told of before.";
                case WIDENED ->
                    "An incident that you were told of before affects more than was known. These downloads are affected too.";
                case SEVERITY_RAISED -> "An incident that you were told of before is rated more severe now.";
                case BREACH, WITHDRAWN, UNDELIVERED, DIGEST, EVENT, ADDRESS_CONFIRMATION -> "";
            };
        }
    },
    JAPANESE {
        @Override
        String severity(Severity severity) {
            return switch (severity) {
                case UNKNOWN -> "未評価";
                case LOW -> "低";
                case MEDIUM -> "中";
                case HIGH -> "高";
                case CRITICAL -> "緊急";
            };
        }

        @Override
        String principal(PrincipalType type) {
            return switch (type) {
                case HUMAN -> "ユーザー";
                case CI_CD -> "CI/CD";
                case ORG_TOKEN -> "組織トークン";
                case ANONYMOUS, UNKNOWN -> "匿名";
            };
        }

        @Override
        String yourToken() {
            return "あなたのトークン";
        }

        @Override
        List<String> confidence(boolean allVersions, boolean unrated, String feed) {
            List<String> sentences = new ArrayList<>();
            sentences.add(
                    allVersions
                            ? "アドバイザリはこのパッケージの全バージョンを対象としているため、ダウンロードしたバージョンも含まれます。"
                            : "アドバイザリは、ダウンロードしたバージョンを個別または範囲で対象としています。");
            sentences.add("フィード " + feed + " の情報に基づくもので、当方でパッケージを検証してはいません。");
            if (unrated) {
                sentences.add("深刻度はまだ評価されていません。見た目より重大な場合があります。");
            }
            return sentences;
        }

        @Override
        String drill() {
            return "【訓練】";
        }

        @Override
        String undelivered() {
            return "この通知の Webhook を配信できなかったため、メールでお知らせします。";
        }

        @Override
        String update(Notification.Kind kind) {
            return switch (kind) {
                case DRILL -> "【訓練】これは組織の担当者が通知の到達を確認するために送信した訓練です。実際の問題は発生しておらず、以下の対応は不要です。";
                case FOLLOW_UP -> "以前にお知らせしたインシデントに、新たなダウンロードが見つかりました。";
                case WIDENED -> "以前にお知らせしたインシデントの影響範囲が広がりました。次のダウンロードも影響を受けます。";
                case SEVERITY_RAISED -> "以前にお知らせしたインシデントの深刻度が引き上げられました。";
                case BREACH, WITHDRAWN, UNDELIVERED, DIGEST, EVENT, ADDRESS_CONFIRMATION -> "";
            };
        }
    };

    abstract String severity(Severity severity);

    abstract String principal(PrincipalType type);

    abstract String yourToken();

    /**
     * How sure it is.
     *
     * @param feed defanged
     */
    abstract List<String> confidence(boolean allVersions, boolean unrated, String feed);

    /** What marks a drill. */
    abstract String drill();

    /** One sentence: why a mail tells what a webhook should have. */
    abstract String undelivered();

    /** One sentence; empty for what continues nothing. */
    abstract String update(Notification.Kind kind);

    static Words of(Language language) {
        return switch (language) {
            case EN -> ENGLISH;
            case JA -> JAPANESE;
        };
    }
}
