package tocsin.dispatcher.email;

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
    };

    abstract String severity(Severity severity);

    abstract String principal(PrincipalType type);

    abstract String yourToken();

    static Words of(Language language) {
        return switch (language) {
            case EN -> ENGLISH;
            case JA -> JAPANESE;
        };
    }
}
