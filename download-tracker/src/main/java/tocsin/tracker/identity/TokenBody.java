package tocsin.tracker.identity;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.TokenRegistered;

/**
 * Whom a token stands for, as callers tell it: an organisation and a principal, or a person by an address that they proved. Public for the
 * framework, which makes it of JSON.
 *
 * @param verifiedEmail absent with {@code verifiedAt} while the holder has proved none
 * @param language of mails to the holder: {@code en} (default) or {@code ja}
 */
@JsonIgnoreProperties(ignoreUnknown = false)
public record TokenBody(
        @JsonProperty("org_id") @Nullable String orgId,
        @Nullable PrincipalBody principal,
        @JsonProperty("verified_email") @Nullable String verifiedEmail,
        @JsonProperty("verified_at") @Nullable Instant verifiedAt,
        @Nullable String language) {

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    /** @param type {@code human}, {@code ci_cd}, {@code org_token} or {@code anonymous} */
    @JsonIgnoreProperties(ignoreUnknown = false)
    public record PrincipalBody(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            String type,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
            String id,

            @Nullable String name,
            @Nullable String email,
            @Nullable String repository) {

        private Principal principal() {
            Principal.Kind kind = kind();
            if (email != null && kind == Principal.Kind.HUMAN) {
                TextLimits.checkEmail("principal.email", email);
            }
            return new Principal(
                    kind,
                    id == null ? "" : id,
                    Optional.ofNullable(name),
                    Optional.ofNullable(email),
                    Optional.ofNullable(repository));
        }

        private Principal.Kind kind() {
            return switch (type) {
                case "human" -> Principal.Kind.HUMAN;
                case "ci_cd" -> Principal.Kind.CI_CD;
                case "org_token" -> Principal.Kind.ORG_TOKEN;
                case "anonymous" -> Principal.Kind.ANONYMOUS;
                case null, default ->
                    throw new IllegalArgumentException("principal.type must be human, ci_cd, org_token or anonymous");
            };
        }
    }

    /** @throws IllegalArgumentException if a part is missing, breaks a limit or does not fit the others; for the caller to read. */
    TokenRegistered message(Audience.Token token) {
        if ((verifiedEmail == null) != (verifiedAt == null)) {
            throw new IllegalArgumentException("verified_email and verified_at go together");
        }
        if (verifiedEmail != null) {
            TextLimits.checkEmail("verified_email", verifiedEmail);
        }
        if (verifiedAt != null && (verifiedAt.isBefore(EARLIEST) || verifiedAt.isAfter(LATEST))) {
            throw new IllegalArgumentException("verified_at is not in the years 2000 to 9999");
        }
        TokenRegistered message = TokenRegistered.newBuilder()
                .setTokenId(token.tokenId())
                .setOrgId(orgId)
                .setPrincipal(principal == null ? null : PrincipalMessage.write(principal.principal()))
                .setVerifiedEmail(verifiedEmail)
                .setVerifiedAt(verifiedAt)
                .setLanguage(checkedLanguage())
                .build();
        // What the topic's readers would refuse is refused here.
        TokenRegistrations.read(message);
        return message;
    }

    private String checkedLanguage() {
        String tag = language == null ? "en" : language.toLowerCase(Locale.ROOT);
        if (!tag.equals("en") && !tag.equals("ja")) {
            throw new IllegalArgumentException("language must be en or ja");
        }
        return tag;
    }

    /** Without any of what it says of people. */
    @Override
    public String toString() {
        return "TokenBody[" + (orgId == null ? "person" : "organisation") + "]";
    }
}
