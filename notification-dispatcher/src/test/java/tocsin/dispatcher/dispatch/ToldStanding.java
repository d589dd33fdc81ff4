package tocsin.dispatcher.dispatch;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tocsin.dispatcher.incident.SeverityRank;
import tocsin.schemas.avro.Severity;

/** What an audience of {@link ToldModel} wants and may have, as it stands. */
sealed interface ToldStanding {

    String EMAIL = "email";

    /** Destinations that are on, as the ledger names them, each with the time from which downloads are told there. */
    Map<String, Instant> since();

    /** To whom a mail goes now; empty where nobody has proved to be there. */
    Optional<String> address();

    /** Whether it may have anything at this destination now. */
    boolean mayGo(String destination);

    /** Whether who was told by a mail to this address may be told there that it is void. */
    boolean mayCorrect(String address);

    boolean isTooLow(Severity severity);

    /** Whether what was told at other addresses was told to another. */
    boolean isNextHolder();

    /** Each member is changed by a test as its organisation changes it. */
    final class OfOrganisation implements ToldStanding {

        private final Map<String, Instant> since = new TreeMap<>();
        String endpoint;
        String address;
        boolean guard = true;
        boolean webhooks = true;
        Optional<Severity> floor = Optional.empty();

        /** With both destinations on since long ago. */
        OfOrganisation(String endpoint, String address) {
            this.endpoint = endpoint;
            this.address = address;
            since.put(endpoint, Instant.EPOCH);
            since.put(EMAIL, Instant.EPOCH);
        }

        @Override
        public Map<String, Instant> since() {
            return since;
        }

        @Override
        public Optional<String> address() {
            return Optional.of(address);
        }

        @Override
        public boolean mayGo(String destination) {
            return guard && (webhooks || destination.equals(EMAIL));
        }

        @Override
        public boolean mayCorrect(String to) {
            return guard;
        }

        @Override
        public boolean isTooLow(Severity severity) {
            return severity != Severity.UNKNOWN
                    && floor.filter(it -> SeverityRank.of(severity) < SeverityRank.of(it))
                            .isPresent();
        }

        @Override
        public boolean isNextHolder() {
            return false;
        }
    }

    /** Of a personal token. */
    final class OfHolder implements ToldStanding {

        Optional<String> address;
        Instant since;
        boolean nextHolder;
        boolean unsubscribed;

        OfHolder(String address, Instant since) {
            this.address = Optional.of(address);
            this.since = since;
        }

        /** Without an address the ledger says so, whenever it was fetched. */
        @Override
        public Map<String, Instant> since() {
            return Map.of(EMAIL, address.isPresent() ? since : Instant.EPOCH);
        }

        @Override
        public Optional<String> address() {
            return address;
        }

        @Override
        public boolean mayGo(String destination) {
            return address.isPresent() && !unsubscribed;
        }

        @Override
        public boolean mayCorrect(String to) {
            return address.filter(to::equals).isPresent() && !unsubscribed;
        }

        @Override
        public boolean isTooLow(Severity severity) {
            return false;
        }

        @Override
        public boolean isNextHolder() {
            return nextHolder && address.isPresent();
        }
    }
}
