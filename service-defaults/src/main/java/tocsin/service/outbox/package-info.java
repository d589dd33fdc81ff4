/**
 * A row and the record that tells of it are written together or not at all: the record waits in the table {@code outbox} until the broker has
 * it. Readers see every record at least once and per key in the order of the commits; recognising repeats is theirs. So is a version or time in
 * the record, where an instance that is cut off from the database while it sends must never have the last word.
 */
@NullMarked
package tocsin.service.outbox;

import org.jspecify.annotations.NullMarked;
