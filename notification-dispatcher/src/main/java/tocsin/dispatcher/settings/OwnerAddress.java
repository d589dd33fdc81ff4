package tocsin.dispatcher.settings;

import jakarta.inject.Singleton;
import java.util.Optional;
import tocsin.dispatcher.address.AddressRepository;
import tocsin.dispatcher.email.Language;

/** Where an organisation hears of what its endpoints do not tell it. */
@Singleton
public final class OwnerAddress {

    private final SettingsRepository settings;
    private final AddressRepository addresses;

    /** A confirmed address. Never printed. */
    public record Found(String address, Language language) {
        @Override
        public String toString() {
            return "Found[language=" + language + "]";
        }
    }

    OwnerAddress(SettingsRepository settings, AddressRepository addresses) {
        this.settings = settings;
        this.addresses = addresses;
    }

    /**
     * The address that it chose for its notices, also while they are switched off; else that of its list which was confirmed first.
     *
     * @return empty where none is confirmed
     */
    public Optional<Found> of(String org) {
        BreachSettings.EmailChoice chosen = settings.settings(org).email();
        return chosen.address()
                .flatMap(it -> addresses.confirmed(org, it))
                .map(it -> new Found(it, chosen.language()))
                .or(() -> addresses.confirmedFirst(org).map(it -> new Found(it.address(), it.language())));
    }
}
