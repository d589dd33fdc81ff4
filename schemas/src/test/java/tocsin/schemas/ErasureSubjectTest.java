package tocsin.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.PrivacyErasure;

class ErasureSubjectTest {

    private static final String TOKEN = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private static final String OTHER_TOKEN = "a".repeat(64);
    private static final String EMAIL_HASH = RecordKeys.emailRecipient("dev@example.com");

    @ParameterizedTest
    @CsvSource({
        "org_1, user_1, , , org:org_1, user_1, , true",
        "org_1, user_1, , , org:org_2, user_1, , false",
        "org_1, user_1, , , org:org_1, user_2, , false",
        "org_1, user_1, , , org:org_1, user_2, user_1, false",
        ", , TOKEN, , token:TOKEN, TOKEN, , true",
        ", , TOKEN, , token:OTHER, OTHER, , false",
        ", , TOKEN, , org:org_1, TOKEN, , false",
        ", , , EMAIL, org:org_1, user_1, dev@example.com, true",
        ", , , EMAIL, org:org_2, user_9, Dev@Example.com, true",
        ", , , EMAIL, org:org_1, user_1, ops@example.com, false",
        ", , , EMAIL, org:org_1, user_1, , false",
    })
    void coversWhatIsTheSubjects(
            @Nullable String org,
            @Nullable String principal,
            @Nullable String token,
            @Nullable String email,
            String audience,
            String downloader,
            @Nullable String downloadersEmail,
            boolean covered) {
        ErasureSubject subject = ErasureSubject.of(
                message(org, principal, token == null ? null : TOKEN, email == null ? null : EMAIL_HASH));

        assertEquals(
                covered,
                subject.covers(
                        filled(audience),
                        Principal.newBuilder()
                                .setType(PrincipalType.HUMAN)
                                .setId(filled(downloader))
                                .setEmail(downloadersEmail)
                                .build()));
    }

    private static String filled(String text) {
        return text.replace("TOKEN", TOKEN).replace("OTHER", OTHER_TOKEN);
    }

    @ParameterizedTest
    @CsvSource({
        ", , , ",
        "org_1, , , ",
        ", user_1, , ",
        "org_1, ' ', , ",
        "'org 1', user_1, , ",
        "org_1, user_1, TOKEN, ",
        "org_1, , TOKEN, ",
        ", , TOKEN, EMAIL",
        ", , raw-token, ",
        ", , , dev@example.com",
    })
    void refusesAnErasureOfNobodyOrOfTwo(
            @Nullable String org, @Nullable String principal, @Nullable String token, @Nullable String email) {
        PrivacyErasure message = message(
                org,
                principal,
                token == null ? null : filled(token),
                email == null ? null : email.replace("EMAIL", EMAIL_HASH));

        assertThrows(IllegalArgumentException.class, () -> ErasureSubject.of(message));
    }

    @Test
    void refusesAPrincipalIdWithoutEnd() {
        PrivacyErasure message = message("org_1", "x".repeat(257), null, null);

        assertThrows(IllegalArgumentException.class, () -> ErasureSubject.of(message));
    }

    @Test
    void namesNobodyInKeyOrText() {
        ErasureSubject subject = ErasureSubject.of(message("org_1", "dev@example.com", null, null));

        assertEquals(64, RecordKeys.privacyErasure(subject).length());
        assertFalse((RecordKeys.privacyErasure(subject) + subject).contains("dev@example.com"));
    }

    private static PrivacyErasure message(
            @Nullable String org, @Nullable String principal, @Nullable String token, @Nullable String email) {
        return PrivacyErasure.newBuilder()
                .setErasureId("e_1")
                .setRequestedAt(Instant.parse("2026-04-17T10:00:00Z"))
                .setOrgId(org)
                .setPrincipalId(principal)
                .setTokenId(token)
                .setEmailHash(email)
                .build();
    }
}
