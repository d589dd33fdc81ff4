package tocsin.dispatcher.address;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.RecordKeys;

/** The allowlist of addresses. Addresses are the same whatever the case of their letters. */
@Singleton
public final class AddressRepository {

    /** An address with the language that it was asked in. Never printed. */
    public record Confirmed(String address, Language language) {
        @Override
        public String toString() {
            return "Confirmed[language=" + language + "]";
        }
    }

    private final SqlClient sql;

    AddressRepository(SqlClient sql) {
        this.sql = sql;
    }

    /**
     * Where the organisation may send notices.
     *
     * @return the address as it was confirmed; of two spellings only that one is known to reach who agreed. Empty if it is not confirmed
     */
    public Optional<String> confirmed(String org, String address) {
        return find(org, address).filter(it -> it.confirmedAt().isPresent()).map(AllowedAddress::address);
    }

    /** The one that an organisation has had for longest. */
    public Optional<Confirmed> confirmedFirst(String org) {
        return sql.first("""
                select * from allowed_address where org_id = ? and confirmed_at is not null
                order by confirmed_at, address limit 1
                """, AddressRepository::address, org).map(it -> new Confirmed(it.address(), it.language()));
    }

    Optional<AllowedAddress> find(String org, String address) {
        return sql.first(
                "select * from allowed_address where org_id = ? and lower(address) = lower(?)",
                AddressRepository::address,
                org,
                address);
    }

    List<AllowedAddress> of(String org) {
        return sql.query(
                "select * from allowed_address where org_id = ? order by address", AddressRepository::address, org);
    }

    /**
     * On all lists that asked for it by then.
     *
     * @param recipient hash of the address
     */
    List<AllowedAddress> requestedBy(String recipient, Instant by) {
        return sql.query(
                "select * from allowed_address where recipient = ? and requested_at <= ? order by org_id, address",
                AddressRepository::address,
                recipient,
                by);
    }

    /** Adds an unconfirmed address, or gives one a new link in place of the old. */
    void request(AllowedAddress wanted, String nonce) {
        sql.update(
                """
                insert into allowed_address (org_id, address, recipient, language, nonce, requested_at, expires_at)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (org_id, (lower(address))) do update
                set language = excluded.language, nonce = excluded.nonce,
                  requested_at = excluded.requested_at, expires_at = excluded.expires_at
                where allowed_address.confirmed_at is null
                """,
                wanted.org(),
                wanted.address(),
                RecordKeys.emailRecipient(wanted.address()),
                wanted.language().code(),
                nonce,
                wanted.requestedAt(),
                wanted.expiresAt());
    }

    /** @return the unconfirmed address that a link is good for now */
    Optional<AllowedAddress> byNonce(String nonce, Instant now) {
        return sql.first(
                "select * from allowed_address where nonce = ? and expires_at > ? and confirmed_at is null",
                AddressRepository::address,
                nonce,
                now);
    }

    /** @return false if the link is used, replaced or too old */
    boolean confirm(String nonce, Instant now) {
        return sql.update("""
                        update allowed_address set confirmed_at = ?
                        where nonce = ? and expires_at > ? and confirmed_at is null
                        """, now, nonce, now) > 0;
    }

    /** @return whether it was on the list */
    boolean remove(String org, String address) {
        return sql.update("delete from allowed_address where org_id = ? and lower(address) = lower(?)", org, address)
                > 0;
    }

    /** Keeps in mind that a mail asked this address; longer than the address itself may stay. */
    void asked(String org, String address, Instant at) {
        sql.update(
                "insert into confirmation_mail (org_id, recipient, sent_at) values (?, ?, ?)",
                org,
                RecordKeys.emailRecipient(address),
                at);
    }

    /** The link that is good now and not used. */
    Optional<String> nonceOf(String org, String address, Instant now) {
        return sql.first("""
                select nonce from allowed_address
                where org_id = ? and lower(address) = lower(?) and expires_at > ? and confirmed_at is null
                """, row -> row.getString(1), org, address, now);
    }

    /** Keeps in mind that a mail goes which was put off. */
    void sendsLater(String org, String address, Instant at) {
        sql.update(
                "insert into confirmation_mail (org_id, recipient, sent_at, later) values (?, ?, ?, true)",
                org,
                RecordKeys.emailRecipient(address),
                at);
    }

    /** @return how many mails went to this address that had been put off, for whatever organisation */
    long sentLater(String address, Instant since) {
        return mails("recipient = ? and sent_at > ? and later", RecordKeys.emailRecipient(address), since);
    }

    /** @return how many mails asked this address, for whatever organisation */
    long mailsTo(String address, Instant since) {
        return mails("recipient = ? and sent_at > ?", RecordKeys.emailRecipient(address), since);
    }

    /** @return how many mails asked this address for this organisation */
    long mailsTo(String org, String address, Instant since) {
        return mails(
                "org_id = ? and recipient = ? and sent_at > ? and not later",
                org,
                RecordKeys.emailRecipient(address),
                since);
    }

    /** @return how many mails asked addresses for this organisation */
    long mailsOf(String org, Instant since) {
        return mails("org_id = ? and sent_at > ? and not later", org, since);
    }

    /** @param which a condition of ours */
    private long mails(String which, Object... parameters) {
        return sql.first("select count(*) from confirmation_mail where " + which, row -> row.getLong(1), parameters)
                .orElseThrow();
    }

    private static AllowedAddress address(ResultSet row) throws SQLException {
        return new AllowedAddress(
                row.getString("org_id"),
                row.getString("address"),
                Language.ofCode(row.getString("language")).orElse(Language.EN),
                SqlClient.instant(row, "requested_at"),
                SqlClient.instant(row, "expires_at"),
                SqlClient.optionalInstant(row, "confirmed_at"));
    }
}
