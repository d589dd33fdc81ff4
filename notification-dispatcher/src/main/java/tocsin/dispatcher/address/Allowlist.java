package tocsin.dispatcher.address;

import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.audit.AuditRepository;
import tocsin.dispatcher.email.EmailComposer;
import tocsin.dispatcher.email.EmailRequests;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.RecordKeys;
import tocsin.service.outbox.OutboxRecord;

/** How an address comes on the list: it is asked, and only its owner can answer. */
@Singleton
public final class Allowlist {

    /** As many letters of base64url are {@link ConfirmationLink#NONCE_LENGTH}. */
    private static final int NONCE_BYTES = 24;

    private static final Duration DAY = Duration.ofDays(1);
    /** Those that go later are bounded, too: so many times as many as go at once. */
    private static final long MOST_LATER = 2;

    /** Of a mail that waited. One word for all, for one reason is that others asked the address. */
    private static final String NOT_SENT = "not_sent";

    private final SqlClient sql;
    private final AddressRepository addresses;
    private final List<AddressUser> users;
    private final LedgerRepository ledger;
    private final EmailComposer composer;
    private final RequestRepository requests;
    private final AuditRepository audit;
    private final ConfirmationConfig config;
    private final Clock clock;
    private final LinkToken tokens;
    private final SecureRandom random = new SecureRandom();

    /** What a request for an address led to. */
    sealed interface Added {
        /** A mail is on its way; or it was confirmed before, and none is needed. */
        record Listed(AllowedAddress address, boolean mailed) implements Added {}

        /** It was asked a moment ago. */
        record TooSoon() implements Added {}

        record TooMany(int most) implements Added {}

        /** This organisation asked this address often enough, or for enough mails in all, within a day. */
        record TooManyMails() implements Added {}
    }

    Allowlist(
            SqlClient sql,
            AddressRepository addresses,
            List<AddressUser> users,
            LedgerRepository ledger,
            EmailComposer composer,
            RequestRepository requests,
            AuditRepository audit,
            ConfirmationConfig config,
            Clock clock) {
        this.sql = sql;
        this.addresses = addresses;
        this.users = List.copyOf(users);
        this.ledger = ledger;
        this.composer = composer;
        this.requests = requests;
        this.audit = audit;
        this.config = config;
        this.clock = clock;
        this.tokens = new LinkToken("email-confirmation", config.key());
    }

    /** @param who subject of the caller */
    Added add(String org, String address, Language language, String who) {
        return sql.inTransaction(() -> {
            sql.lock("allowlist " + org);
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            Optional<AllowedAddress> before = addresses.find(org, address);
            if (before.isPresent()) {
                if (before.get().confirmedAt().isPresent()) {
                    return new Added.Listed(before.get(), false);
                }
                if (now.isBefore(before.get().requestedAt().plus(config.resendAfter()))) {
                    return new Added.TooSoon();
                }
            } else if (addresses.of(org).size() >= config.addresses()) {
                return new Added.TooMany(config.addresses());
            }
            sql.lock("confirmation mails to " + RecordKeys.emailRecipient(address));
            Mailed mailed = mailed(org, address, now);
            if (mailed == Mailed.ENOUGH) {
                return new Added.TooManyMails();
            }
            // The spelling of the first time, which is the one that is confirmed.
            String spelling = before.map(AllowedAddress::address).orElse(address);
            boolean later = mailed == Mailed.ENOUGH_BY_OTHERS;
            Instant until = now.plus(config.validFor())
                    .plus(later ? DAY : Duration.ZERO)
                    .truncatedTo(ChronoUnit.SECONDS);
            AllowedAddress wanted = new AllowedAddress(org, spelling, language, now, until, Optional.empty());
            // A link that is out stays good while the mail that would replace it waits: that one brings it again.
            Optional<String> good = later ? addresses.nonceOf(org, address, now) : Optional.empty();
            ask(wanted, good.orElseGet(this::newNonce), later);
            audit.add(org, who, "address.requested", facts(spelling));
            return new Added.Listed(wanted, true);
        });
    }

    /** Who gets these mails has not agreed to any: neither one organisation nor several together may send him many. */
    private Mailed mailed(String org, String address, Instant now) {
        Instant dayAgo = now.minus(DAY);
        if (addresses.mailsOf(org, dayAgo) >= config.mailsOfOrganisation()
                || addresses.mailsTo(org, address, dayAgo) >= config.mailsToAddress()) {
            return Mailed.ENOUGH;
        }
        return addresses.mailsTo(address, dayAgo) >= config.mailsToAddress() ? Mailed.ENOUGH_BY_OTHERS : Mailed.FEW;
    }

    /**
     * Whether a confirmation that was put off, or lost, is still to go; within the transaction that sends it, for it counts as sent.
     *
     * @param text of the mail, with its link
     * @return why not, for the ledger
     */
    public Optional<String> refusal(String org, String address, String text) {
        Instant now = clock.instant();
        // Of one that was confirmed, removed, asked by a newer link or waited too long there is none.
        boolean good = addresses
                .nonceOf(org, address, now)
                .flatMap(nonce -> ConfirmationLink.in(text, nonce))
                .filter(link -> now.isBefore(link.until()))
                .isPresent();
        sql.lock("confirmation mails to " + RecordKeys.emailRecipient(address));
        if (!good || addresses.sentLater(address, now.minus(DAY)) >= config.mailsToAddress() * MOST_LATER) {
            return Optional.of(NOT_SENT);
        }
        addresses.sendsLater(org, address, now);
        return Optional.empty();
    }

    /** How many mails went to an address of late. */
    private enum Mailed {
        FEW,
        /** What an organisation is told of that would tell it that others asked the same address. So its mail goes a day later, if not too many do. */
        ENOUGH_BY_OTHERS,
        ENOUGH
    }

    private String newNonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void ask(AllowedAddress wanted, String nonce, boolean later) {
        addresses.request(wanted, nonce);
        addresses.asked(wanted.org(), wanted.address(), wanted.requestedAt());
        UUID notification = NotificationIds.ofConfirmation(nonce, wanted.requestedAt());
        Audience audience = new Audience.Organisation(wanted.org());
        ledger.add(
                new Notification(
                        notification,
                        audience,
                        Notification.Kind.ADDRESS_CONFIRMATION,
                        "address confirmation",
                        Optional.empty(),
                        1),
                List.of(LedgerRow.pending(LedgerRow.EMAIL, NotificationIds.emailId(notification))));
        OutboxRecord request = EmailRequests.of(
                notification,
                audience,
                wanted.address(),
                wanted.language(),
                composer.confirmation(
                        wanted.org(),
                        config.link(tokens.sign(new ConfirmationLink(nonce, wanted.expiresAt()).text())),
                        wanted.expiresAt(),
                        wanted.language()),
                Optional.empty());
        if (later) {
            requests.askLater(notification, LedgerRow.EMAIL, request);
        } else {
            requests.ask(notification, LedgerRow.EMAIL, request);
        }
    }

    private static Map<String, String> facts(String address) {
        return Map.of("address", AuditRepository.masked(address));
    }

    /**
     * Takes the address off the list and out of the settings that chose it.
     *
     * @param who subject of the caller
     * @return whether it was there
     */
    boolean remove(String org, String address, String who) {
        return sql.inTransaction(() -> {
            users.forEach(user -> user.removed(org, address, who));
            boolean there = addresses.remove(org, address);
            if (there) {
                audit.add(org, who, "address.removed", facts(address));
            }
            return there;
        });
    }

    /**
     * Takes an address off every list that had it by then.
     *
     * @param recipient hash of the address
     * @return how many lists had it
     */
    public int removeEverywhere(String recipient, Instant by) {
        return sql.inTransaction(() -> {
            List<AllowedAddress> owned = addresses.requestedBy(recipient, by);
            owned.forEach(each -> remove(each.org(), each.address(), AuditRepository.ERASURE));
            return owned.size();
        });
    }

    List<AllowedAddress> of(String org) {
        return addresses.of(org);
    }

    /** What the link asks for; changes nothing. @return empty for a link that is not ours, used, replaced or too old */
    Optional<AllowedAddress> look(String token) {
        Instant now = clock.instant();
        return link(token)
                .filter(link -> now.isBefore(link.until()))
                .flatMap(link -> addresses.byNonce(link.nonce(), now));
    }

    private Optional<ConfirmationLink> link(String token) {
        return tokens.verify(token).flatMap(ConfirmationLink::ofText);
    }

    /** Uses the link. @return the address that is confirmed by it now */
    Optional<AllowedAddress> confirm(String token) {
        return sql.inTransaction(() -> {
            Optional<AllowedAddress> confirmed = look(token)
                    .filter(address ->
                            addresses.confirm(link(token).orElseThrow().nonce(), clock.instant()));
            confirmed.ifPresent(
                    it -> audit.add(it.org(), AuditRepository.LINK, "address.confirmed", facts(it.address())));
            return confirmed;
        });
    }
}
