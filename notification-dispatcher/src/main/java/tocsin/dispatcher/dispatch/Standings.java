package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.routing.Standing;
import tocsin.dispatcher.settings.SettingsRepository;
import tocsin.schemas.Audience;

/** What counts for an audience now. */
@Singleton
final class Standings {

    private final SettingsRepository settings;
    private final TokenDirectory tokens;

    Standings(SettingsRepository settings, TokenDirectory tokens) {
        this.settings = settings;
        this.tokens = tokens;
    }

    Standing of(Audience audience) {
        return switch (audience) {
            case Audience.Organisation(String org) ->
                new Standing.Organisation(settings.settings(org), settings.entitlements(org));
            case Audience.Token(String token) -> new Standing.TokenHolder(tokens.has(token), tokens.addressOf(token));
        };
    }
}
