package tocsin.planted.edge;

import java.sql.Connection;

/** An edge by its last word, with what is nested in it. */
final class TimelyRepository {

    record Row(Connection connection) {}
}
