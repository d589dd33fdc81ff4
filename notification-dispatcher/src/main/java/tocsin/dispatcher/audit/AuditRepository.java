package tocsin.dispatcher.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tocsin.dispatcher.store.SqlClient;

/** Changes, in the order in which they were written. */
@Singleton
public final class AuditRepository {

    /** A change that no caller asked for. */
    public static final String ERASURE = "(erasure)";

    /** Whoever had the link of a mail. */
    public static final String LINK = "(link)";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param detail a JSON object */
    record Change(long id, Instant at, String who, String what, String detail) {}

    private final SqlClient sql;
    private final Clock clock;

    AuditRepository(SqlClient sql, Clock clock) {
        this.sql = sql;
        this.clock = clock;
    }

    /**
     * In the transaction of the change.
     *
     * @param who subject of the caller
     * @param detail what counts afterwards; no whole address
     */
    public void add(String org, String who, String what, Map<String, ?> detail) {
        try {
            sql.update(
                    "insert into audit (org_id, changed_at, who, what, detail) values (?, ?, ?, ?, ?)",
                    org,
                    clock.instant(),
                    who,
                    what,
                    JSON.writeValueAsString(detail));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts cannot be written as JSON", e);
        }
    }

    /** Enough of an address for its owner to know it. */
    public static String masked(String address) {
        int at = address.indexOf('@');
        return address.charAt(0) + "…" + address.substring(at);
    }

    /**
     * The newest first.
     *
     * @param before the id of the last of the page before
     */
    List<Change> newest(String org, Optional<Long> before, int limit) {
        return sql.query(
                """
                select * from audit where org_id = ? and audit_id < ? order by audit_id desc limit ?
                """,
                row -> new Change(
                        row.getLong("audit_id"),
                        SqlClient.instant(row, "changed_at"),
                        row.getString("who"),
                        row.getString("what"),
                        row.getString("detail")),
                org,
                before.orElse(Long.MAX_VALUE),
                limit);
    }
}
