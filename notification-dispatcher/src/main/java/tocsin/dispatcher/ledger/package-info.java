/**
 * One row for each notification and destination, pending until exactly one end. Whoever sends says when it ended; nobody else may close a row.
 */
@NullMarked
package tocsin.dispatcher.ledger;

import org.jspecify.annotations.NullMarked;
