package tocsin.tracker.identity;

import java.util.Optional;
import tocsin.schemas.Audience;

/**
 * Who fetched. An address is kept for people only and a repository for CI only, whatever was said.
 *
 * @param id stable and unique among the principals of one organisation; never a raw token
 * @param name display name
 */
public record Principal(
        Kind kind, String id, Optional<String> name, Optional<String> email, Optional<String> repository) {

    public enum Kind {
        HUMAN,
        CI_CD,
        ORG_TOKEN,
        ANONYMOUS
    }

    /** @throws IllegalArgumentException if a text is empty, too long or holds control characters. */
    public Principal {
        TextLimits.check("principal id", id, TextLimits.MAX_ID_LENGTH);
        name.ifPresent(text -> TextLimits.check("principal name", text, TextLimits.MAX_NAME_LENGTH));
        email = kind == Kind.HUMAN ? email : Optional.empty();
        email.ifPresent(text -> TextLimits.check("principal e-mail", text, TextLimits.MAX_EMAIL_LENGTH));
        repository = kind == Kind.CI_CD ? repository : Optional.empty();
        repository.ifPresent(text -> TextLimits.check("principal repository", text, TextLimits.MAX_REPOSITORY_LENGTH));
    }

    /** The person behind a token of their own. Who that is, only the registration says. */
    static Principal holderOf(Audience.Token token) {
        return new Principal(Kind.HUMAN, token.tokenId(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Without name and address: it may be printed where people's data may not. */
    @Override
    public String toString() {
        return "Principal[" + kind + "]";
    }
}
