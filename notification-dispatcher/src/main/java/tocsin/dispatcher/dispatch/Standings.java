package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.util.Optional;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.address.Unsubscriptions;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.routing.Standing;
import tocsin.dispatcher.settings.SettingsRepository;
import tocsin.schemas.Audience;

/** What counts for an audience now. */
@Singleton
final class Standings {

    private final SettingsRepository settings;
    private final TokenDirectory tokens;
    private final Unsubscriptions unsubscriptions;

    Standings(SettingsRepository settings, TokenDirectory tokens, Unsubscriptions unsubscriptions) {
        this.settings = settings;
        this.tokens = tokens;
        this.unsubscriptions = unsubscriptions;
    }

    /** The address of a token that was another's before; empty where whoever was told of something is whom the audience still is. */
    Optional<String> nextHolder(Audience audience) {
        return switch (audience) {
            case Audience.Organisation _ -> Optional.empty();
            case Audience.Token(String token) ->
                tokens.addressOf(token).filter(it -> it.heldSince().isPresent()).map(VerifiedAddress::address);
        };
    }

    Standing of(Audience audience) {
        return switch (audience) {
            case Audience.Organisation(String org) ->
                new Standing.Organisation(settings.settings(org), settings.entitlements(org));
            case Audience.Token(String token) -> {
                Optional<VerifiedAddress> address = tokens.addressOf(token);
                yield new Standing.TokenHolder(
                        tokens.knows(token),
                        address,
                        address.filter(unsubscriptions::has).isPresent());
            }
        };
    }
}
