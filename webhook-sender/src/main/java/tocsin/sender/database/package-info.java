/**
 * Transactions on the service's schema, with the records that tell of a change going out if and only if it commits. What
 * is written is each repository's.
 */
@NullMarked
package tocsin.sender.database;

import org.jspecify.annotations.NullMarked;
