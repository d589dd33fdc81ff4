package tocsin.local.produce;

import java.util.Map;
import java.util.Optional;
import tocsin.schemas.avro.PrincipalType;

/** A principal as the command line takes it: {@code type:id}, such as {@code ci_cd:build-7}. */
record PrincipalText(PrincipalType type, String id) {

    static final Map<String, PrincipalType> TYPES = Map.of(
            "human", PrincipalType.HUMAN,
            "ci_cd", PrincipalType.CI_CD,
            "org_token", PrincipalType.ORG_TOKEN,
            "anonymous", PrincipalType.ANONYMOUS);

    /** @return empty if the text is not of that form */
    static Optional<PrincipalText> parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0 || colon == text.length() - 1) {
            return Optional.empty();
        }
        return Optional.ofNullable(TYPES.get(text.substring(0, colon)))
                .map(type -> new PrincipalText(type, text.substring(colon + 1)));
    }
}
