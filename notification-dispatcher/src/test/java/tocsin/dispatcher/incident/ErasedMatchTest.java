package tocsin.dispatcher.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tocsin.dispatcher.Samples;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;

class ErasedMatchTest {

    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final ErasureSubject ADA_OF_ACME =
            new ErasureSubject.OfOrganisation(new Audience.Organisation("acme"), "ada");
    private static final ErasureSubject ADA_OF_ANOTHER =
            new ErasureSubject.OfOrganisation(new Audience.Organisation("another"), "ada");
    private static final ErasureSubject ADDRESS =
            new ErasureSubject.OfEmail(RecordKeys.emailRecipient("ADA@example.com"));
    private static final ErasureSubject HOLDER = new ErasureSubject.OfToken(new Audience.Token(TOKEN));

    private static AffectedDownload download(String principal, String email, String fetchedAt, String receivedAt) {
        return AffectedDownload.newBuilder(Samples.download(
                        "event of " + principal,
                        fetchedAt,
                        Principal.newBuilder(Samples.human(principal))
                                .setName("name of " + principal)
                                .setEmail(email)
                                .build()))
                .setReceivedAt(Instant.parse(receivedAt))
                .build();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void takesOutWhoIsMeant(ErasureSubject subject, String audience, String by, List<String> left) {
        // Given
        AdvisoryMatched match = Samples.matched(
                        audience,
                        download("bob", "bob@example.com", "2026-04-15T10:00:00Z", "2026-04-15T12:00:00Z"),
                        download("ada", "ada@example.com", "2026-04-15T08:00:00Z", "2026-04-15T11:00:00Z"))
                .build();

        // When
        AdvisoryMatched erased = ErasedMatch.without(subject, Instant.parse(by), match);

        // Then
        assertEquals(
                left,
                erased.getDownloads().stream()
                        .map(it -> it.getPrincipal().getType() + " "
                                + it.getPrincipal().getId() + " "
                                + it.getPrincipal().getName().orElse("-") + " "
                                + it.getPrincipal().getEmail().orElse("-"))
                        .toList());
    }

    static Stream<Arguments> subjects() {
        String bob = "HUMAN bob name of bob bob@example.com";
        String ada = "HUMAN ada name of ada ada@example.com";
        String nobody = "HUMAN erased - -";
        String after = "2026-05-01T00:00:00Z";
        String holder = "token:" + TOKEN;
        return Stream.of(
                Arguments.of(ADA_OF_ACME, "org:acme", after, List.of(bob, nobody)),
                Arguments.of(ADA_OF_ANOTHER, "org:acme", after, List.of(bob, ada)),
                Arguments.of(ADDRESS, "org:acme", after, List.of(bob, nobody)),
                Arguments.of(ADDRESS, holder, after, List.of(bob, nobody)),
                Arguments.of(HOLDER, holder, after, List.of()),
                Arguments.of(HOLDER, "org:acme", after, List.of(bob, ada)),
                // One of its two times decides, to the millisecond.
                Arguments.of(ADA_OF_ACME, "org:acme", "2026-04-15T08:00:00Z", List.of(bob, nobody)),
                Arguments.of(ADA_OF_ACME, "org:acme", "2026-04-15T07:59:59.999Z", List.of(bob, ada)),
                Arguments.of(HOLDER, holder, "2026-04-15T09:00:00Z", List.of(bob)),
                Arguments.of(HOLDER, holder, "2026-04-15T07:00:00Z", List.of(bob, ada)));
    }
}
