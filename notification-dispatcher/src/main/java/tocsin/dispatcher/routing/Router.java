package tocsin.dispatcher.routing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.incident.SeverityRank;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.routing.Verdict.NothingNew;
import tocsin.dispatcher.routing.Verdict.Reason;
import tocsin.dispatcher.routing.Verdict.Suppressed;
import tocsin.dispatcher.routing.Verdict.Tell;

/** Who is told what. */
public final class Router {

    private Router() {}

    /** @return one decision for each destination that is switched on; none where nobody wants to be told */
    public static List<Decision> route(Match match, Memory memory, Standing standing) {
        return switch (standing) {
            case Standing.Organisation organisation -> organisation(match, memory, organisation);
            case Standing.TokenHolder holder -> List.of(holder(match, memory, holder));
        };
    }

    /** What a match is to an audience that knows so much, by what {@link #route} decided to tell it. */
    public static Notification.Kind kind(Match match, Memory memory, List<Decision> decisions) {
        if (!memory.toldBefore()) {
            return Notification.Kind.BREACH;
        }
        if (isWorse(match, memory)) {
            return Notification.Kind.SEVERITY_RAISED;
        }
        // What is told says what it is called; of what is refused it is said only where nothing else is.
        boolean told = decisions.stream().anyMatch(it -> it.verdict() instanceof Tell);
        boolean widens = decisions.stream().anyMatch(it -> switch (it.verdict()) {
            case Tell tell -> tell.widens();
            case Suppressed suppressed -> !told && suppressed.widens();
            case NothingNew _ -> false;
        });
        return widens && !match.late() ? Notification.Kind.WIDENED : Notification.Kind.FOLLOW_UP;
    }

    /** Whether downloads may be left out of versions that the audience has not heard of: whatever it was told of the others, it knows nothing of these. */
    private static boolean leavesOutUnknownVersions(Match match, Memory memory) {
        return match.nextOlderAt().isPresent() && !memory.versions().containsAll(match.fetchedVersions());
    }

    private static boolean isWorse(Match match, Memory memory) {
        return memory.severity()
                .filter(told -> SeverityRank.isRaised(told, match.advisory().severity()))
                .isPresent();
    }

    private static List<Decision> organisation(Match match, Memory memory, Standing.Organisation standing) {
        List<Decision> decisions = new ArrayList<>();
        Optional<Reason> tooLow =
                standing.settings().isBelowFloor(match.advisory().severity())
                        ? Optional.of(Reason.BELOW_SEVERITY_FLOOR)
                        : Optional.empty();
        var webhook = standing.settings().webhook();
        if (webhook.enabled()
                && webhook.endpointId().isPresent()
                && webhook.savedAt().isPresent()) {
            // Whether the endpoint is still there is for the sender to say, who owns it and ends the delivery visibly
            // if not.
            Optional<Reason> refusal = standing.notEntitledToWebhooks().or(() -> tooLow);
            decisions.add(new Decision(
                    new Destination.Webhook(webhook.endpointId().get()),
                    verdict(match, memory, webhook.savedAt().get(), _ -> true, refusal)));
        }
        var email = standing.settings().email();
        if (email.enabled() && email.address().isPresent() && email.savedAt().isPresent()) {
            decisions.add(new Decision(
                    new Destination.Email(email.address().get(), email.language()),
                    verdict(
                            match,
                            memory,
                            email.savedAt().get(),
                            _ -> true,
                            standing.notEntitled().or(() -> tooLow))));
        }
        return List.copyOf(decisions);
    }

    /** A token counts as an e-mail-verified one from the moment that its address was verified, and never for what its holder before fetched. */
    private static Decision holder(Match match, Memory memory, Standing.TokenHolder holder) {
        Reason none = holder.known() ? Reason.NO_VERIFIED_ADDRESS : Reason.TOKEN_UNKNOWN;
        return holder.address()
                .map(verified -> new Decision(
                        new Destination.Email(verified.address(), verified.language()),
                        verdict(
                                match,
                                memory,
                                verified.since(),
                                download -> isTheirs(download, verified),
                                holder.unsubscribed() ? Optional.of(Reason.UNSUBSCRIBED) : Optional.empty())))
                .orElseGet(() -> new Decision(
                        new Destination.Email("", Language.EN),
                        verdict(match, memory, Instant.EPOCH, _ -> true, Optional.of(none))));
    }

    /** The earlier of the two clocks counts, as where the download was attributed: one that is ahead must not make it the next holder's. */
    private static boolean isTheirs(Download download, VerifiedAddress verified) {
        Instant earlier =
                download.receivedAt().isBefore(download.fetchedAt()) ? download.receivedAt() : download.fetchedAt();
        return verified.heldSince().filter(earlier::isBefore).isEmpty();
    }

    /** @param concerns whether a download is of the destination's affair at all */
    private static Verdict verdict(
            Match match, Memory memory, Instant savedAt, Predicate<Download> concerns, Optional<Reason> refusal) {
        if (!match.advisory().isLive() || !memory.current()) {
            return new NothingNew();
        }
        List<Download> since = match.downloads().stream()
                .filter(download -> !download.fetchedAt().isBefore(savedAt) && concerns.test(download))
                .toList();
        if (since.isEmpty()) {
            return new NothingNew();
        }
        Download oldest = match.downloads().getLast();
        boolean leavesOut = since.getLast().equals(oldest)
                && match.nextOlderAt().filter(at -> !at.isBefore(savedAt)).isPresent();
        boolean ofUnknownVersions = leavesOut && leavesOutUnknownVersions(match, memory);
        List<Download> untold = since.stream()
                // That it is worse is said of all of them: some may never have been told at this destination.
                .filter(download -> isWorse(match, memory) || !memory.told().contains(download.eventId()))
                .toList();
        if (untold.isEmpty() && !ofUnknownVersions) {
            return new NothingNew();
        }
        // Where all that it holds was told by an advisory that names fewer versions, those again say that there are
        // more.
        List<Download> tells = untold.isEmpty() ? since : untold;
        // Of versions that the audience knows: where the oldest that the match holds was told, so were those that its
        // cap left out, or a notice said that there are more.
        boolean cut = leavesOut && (ofUnknownVersions || tells.getLast().equals(oldest));
        // What the audience fetched before it was saved here says nothing of what is told.
        boolean widens = ofUnknownVersions
                || untold.stream().anyMatch(it -> !memory.versions().contains(it.version()));
        return refusal.<Verdict>map(reason -> new Suppressed(reason, widens))
                .orElseGet(() -> new Tell(tells, cut, widens));
    }
}
