package tocsin.dispatcher.settings;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tocsin.dispatcher.address.AddressUser;
import tocsin.dispatcher.audit.AuditRepository;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.settings.BreachSettings.EmailChoice;
import tocsin.dispatcher.settings.BreachSettings.WebhookChoice;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.avro.Severity;
import tocsin.service.outbox.Outbox;

/** Settings and entitlements, one row for each organisation. In force with the commit, on every instance: nothing is cached. */
@Singleton
public final class SettingsRepository implements AddressUser {

    private final SqlClient sql;
    private final AuditRepository audit;
    private final Outbox outbox;
    private final Clock clock;

    SettingsRepository(SqlClient sql, AuditRepository audit, Outbox outbox, Clock clock) {
        this.sql = sql;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    public Entitlements entitlements(String org) {
        return sql.first(
                        "select guard, webhooks from entitlements where org_id = ?",
                        row -> new Entitlements(row.getBoolean("guard"), row.getBoolean("webhooks")),
                        org)
                .orElse(Entitlements.NONE);
    }

    void save(String org, Entitlements entitlements, String who) {
        Instant now = clock.instant();
        sql.inTransaction(() -> {
            // Who is told goes by the time, and the clock of the instance that saved before may be ahead of this one's.
            Instant changedAt = sql.first(
                            """
                    insert into entitlements as before (org_id, guard, webhooks, changed_at, announced_change) values (?, ?, ?, ?, ?)
                    on conflict (org_id) do update
                    set guard = excluded.guard, webhooks = excluded.webhooks,
                      changed_at = greatest(excluded.changed_at, before.changed_at + interval '1 millisecond'),
                      announced_change = greatest(excluded.changed_at, before.changed_at + interval '1 millisecond')
                    returning changed_at
                    """,
                            row -> SqlClient.instant(row, "changed_at"),
                            org,
                            entitlements.guard(),
                            entitlements.webhooks(),
                            now,
                            now)
                    .orElseThrow();
            outbox.add(EntitlementRecords.of(org, entitlements, changedAt));
            audit.add(
                    org,
                    who,
                    "entitlements.changed",
                    Map.of("guard", entitlements.guard(), "webhooks", entitlements.webhooks()));
        });
    }

    /**
     * Tells of some, whether or not they were told before, in the order of their organisations.
     *
     * @param after the last organisation of the call before; empty at first
     * @return the last of these; empty once there are none left
     */
    Optional<String> announceEntitlements(String after, int most) {
        List<String> told =
                announce("select org_id from entitlements where org_id > ? order by org_id limit ?", after, most);
        return told.isEmpty() ? Optional.empty() : Optional.of(told.getLast());
    }

    /** Tells of some that were saved without being told. */
    void announceUntoldEntitlements(int most) {
        announce("select org_id from entitlements where announced_change is distinct from changed_at limit ?", most);
    }

    /** @return their organisations, in the database's order, which is not Java's */
    private List<String> announce(String which, Object... parameters) {
        return sql.inTransaction(() -> {
            // Two instances that start together would lock the same rows, in no order that is known.
            sql.lock("entitlements announced");
            List<String> orgs = new ArrayList<>();
            outbox.add(sql.query(
                    """
                    with told as (
                      update entitlements set announced_change = changed_at where org_id in (%s)
                      returning org_id, guard, webhooks, changed_at)
                    select org_id, guard, webhooks, changed_at from told order by org_id
                    """.formatted(which),
                    row -> {
                        String org = row.getString("org_id");
                        orgs.add(org);
                        return EntitlementRecords.of(
                                org,
                                new Entitlements(row.getBoolean("guard"), row.getBoolean("webhooks")),
                                SqlClient.instant(row, "changed_at"));
                    },
                    parameters));
            return orgs;
        });
    }

    /** From then on, who is not told of has nothing. */
    void announceAllEntitlementsTold() {
        sql.inTransaction(() -> outbox.add(EntitlementRecords.allTold(clock.instant())));
    }

    public BreachSettings settings(String org) {
        return sql.first("select * from breach_settings where org_id = ?", SettingsRepository::settings, org)
                .orElse(BreachSettings.OFF);
    }

    /**
     * @param wanted asked while nobody else can change the settings, nor take away an address that they choose
     * @param who subject of the caller
     * @return what counts now, with the times
     */
    BreachSettings save(String org, Supplier<BreachSettings> wanted, String who) {
        return sql.inTransaction(() -> {
            // The first row of an organisation cannot be locked before it is there.
            sql.lock("settings " + org);
            // Downloads have whole milliseconds: one in the very millisecond of the save counts.
            BreachSettings settings =
                    settings(org).replacedBy(wanted.get(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
            sql.update(
                    """
                    insert into breach_settings
                      (org_id, webhook_enabled, webhook_endpoint, webhook_saved_at,
                       email_enabled, email_address, email_language, email_saved_at, severity_floor)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (org_id) do update
                    set webhook_enabled = excluded.webhook_enabled, webhook_endpoint = excluded.webhook_endpoint,
                      webhook_saved_at = excluded.webhook_saved_at, email_enabled = excluded.email_enabled,
                      email_address = excluded.email_address, email_language = excluded.email_language,
                      email_saved_at = excluded.email_saved_at, severity_floor = excluded.severity_floor
                    """,
                    org,
                    settings.webhook().enabled(),
                    settings.webhook().endpointId(),
                    settings.webhook().savedAt(),
                    settings.email().enabled(),
                    settings.email().address(),
                    settings.email().language().code(),
                    settings.email().savedAt(),
                    settings.floor().map(Severity::name));
            audit.add(org, who, "settings.changed", facts(settings));
            return settings;
        });
    }

    private static Map<String, Object> facts(BreachSettings settings) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("webhook_enabled", settings.webhook().enabled());
        settings.webhook().endpointId().ifPresent(it -> facts.put("webhook_endpoint_id", it));
        facts.put("email_enabled", settings.email().enabled());
        settings.email().address().ifPresent(it -> facts.put("email_address", AuditRepository.masked(it)));
        facts.put("email_language", settings.email().language().code());
        settings.floor().ifPresent(it -> facts.put("minimum_severity", it.name().toLowerCase(Locale.ROOT)));
        return facts;
    }

    @Override
    public void removed(String org, String address, String who) {
        sql.lock("settings " + org);
        int changed = sql.update("""
                update breach_settings set email_enabled = false, email_address = null, email_saved_at = null
                where org_id = ? and lower(email_address) = lower(?)
                """, org, address);
        if (changed > 0) {
            audit.add(org, who, "settings.changed", facts(settings(org)));
        }
    }

    private static BreachSettings settings(ResultSet row) throws SQLException {
        return new BreachSettings(
                new WebhookChoice(
                        row.getBoolean("webhook_enabled"),
                        Optional.ofNullable(row.getString("webhook_endpoint")),
                        SqlClient.optionalInstant(row, "webhook_saved_at")),
                new EmailChoice(
                        row.getBoolean("email_enabled"),
                        Optional.ofNullable(row.getString("email_address")),
                        Language.ofCode(row.getString("email_language")).orElse(Language.EN),
                        SqlClient.optionalInstant(row, "email_saved_at")),
                Optional.ofNullable(row.getString("severity_floor")).map(Severity::valueOf));
    }
}
