package tocsin.dispatcher.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static tocsin.dispatcher.routing.Routes.NOTHING_TOLD;
import static tocsin.dispatcher.routing.Routes.TOKEN;
import static tocsin.dispatcher.routing.Routes.match;
import static tocsin.dispatcher.routing.Routes.tell;
import static tocsin.dispatcher.routing.Routes.time;
import static tocsin.dispatcher.routing.Routes.verdictAt;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Match;

/** What the holder of a personal token is told. */
class RouterTokenTest {

    @ParameterizedTest
    @CsvSource({"00:00, , 10", "05:30, , 5", "11:00, , 0", "00:00, 05:30, 5", "05:30, 00:00, 5"})
    void tellsATokensHolderFromTheVerificationOnAndNothingOfTheHolderBefore(
            String verifiedAt, @Nullable String heldSince, int told) {
        // When
        List<Decision> decisions = Router.route(
                match(TOKEN),
                NOTHING_TOLD,
                new Standing.TokenHolder(
                        true,
                        Optional.of(new VerifiedAddress(
                                "a@example.com",
                                time(verifiedAt),
                                Optional.ofNullable(heldSince).map(Routes::time),
                                Language.JA)),
                        false));

        // Then
        assertEquals(
                List.of(new Destination.Email("a@example.com", Language.JA)),
                decisions.stream().map(Decision::destination).toList());
        assertEquals(
                told,
                decisions.getFirst().verdict() instanceof Verdict.Tell tell
                        ? tell.downloads().size()
                        : 0);
    }

    @Test
    void takesNoDownloadForTheNextHoldersSinceAClockWasAhead() {
        // Given downloads that were received before the token went to its holder, whatever the source says
        Match fetched = match(TOKEN);
        Match ahead = new Match(
                fetched.id(),
                fetched.audience(),
                fetched.advisory(),
                fetched.downloads().stream()
                        .map(download -> new Download(
                                download.eventId(),
                                download.version(),
                                download.fetchedAt(),
                                time("00:30"),
                                download.principal()))
                        .toList(),
                fetched.nextOlderAt(),
                fetched.fetchedVersions(),
                fetched.late());

        // When
        List<Decision> decisions = Router.route(
                ahead,
                NOTHING_TOLD,
                new Standing.TokenHolder(
                        true,
                        Optional.of(new VerifiedAddress(
                                "a@example.com", time("00:00"), Optional.of(time("00:45")), Language.EN)),
                        false));

        // Then
        assertInstanceOf(Verdict.NothingNew.class, decisions.getFirst().verdict());
    }

    @ParameterizedTest
    @CsvSource({"true, no_verified_address", "false, token_unknown"})
    void suppressesForATokenWithoutVerifiedAddress(boolean known, String reason) {
        // When
        List<Decision> decisions =
                Router.route(match(TOKEN), NOTHING_TOLD, new Standing.TokenHolder(known, Optional.empty(), false));

        // Then
        assertEquals(reason, verdictAt("email", decisions));
    }

    @Test
    void tellsNothingToWhoUnsubscribed() {
        // When
        List<Decision> decisions = Router.route(
                match(TOKEN),
                NOTHING_TOLD,
                new Standing.TokenHolder(
                        true,
                        Optional.of(new VerifiedAddress("a@example.com", time("00:00"), Optional.empty(), Language.EN)),
                        true));

        // Then
        assertEquals("unsubscribed", verdictAt("email", decisions));
    }
}
