/**
 * The service's own schema in PostgreSQL, migrated before anybody gets a connection. What is in it is the service's.
 */
@NullMarked
package tocsin.service.database;

import org.jspecify.annotations.NullMarked;
