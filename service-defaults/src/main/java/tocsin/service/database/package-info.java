/**
 * The service's own schema in PostgreSQL, migrated before anybody gets a connection, and one transaction for what many want of it at the same time. What is in
 * it is the service's.
 */
@NullMarked
package tocsin.service.database;

import org.jspecify.annotations.NullMarked;
