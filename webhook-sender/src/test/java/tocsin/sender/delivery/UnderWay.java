package tocsin.sender.delivery;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** What lives that were killed had under way: it had come to a receiver and had no end in the log, so it may come again. */
final class UnderWay {

    private final DataSource log;

    /** By id. */
    private final Map<String, Integer> lives = new HashMap<>();

    UnderWay(DataSource log) {
        this.log = log;
    }

    /** Of the life that has ended, before the next does anything. */
    void note(WebhookReceiver... receivers) throws SQLException {
        withoutEnd(receivers).forEach(id -> lives.merge(id, 1, Integer::sum));
    }

    /** What came to them and is not settled in the log. */
    Set<String> withoutEnd(WebhookReceiver... receivers) throws SQLException {
        Set<String> came = Stream.of(receivers)
                .flatMap(receiver -> receiver.received().stream())
                .map(UnderWay::id)
                .collect(Collectors.toCollection(HashSet::new));
        try (Connection connection = log.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select webhook_id from webhook_sender.delivery where settled_at is not null")) {
            while (row.next()) {
                came.remove(row.getString(1));
            }
        }
        return came;
    }

    /** In how many lives, by id. */
    Map<String, Integer> lives() {
        return Map.copyOf(lives);
    }

    static String id(ReceivedRequest request) {
        return request.header("webhook-id").orElseThrow();
    }
}
