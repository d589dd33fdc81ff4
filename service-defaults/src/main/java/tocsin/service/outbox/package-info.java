/**
 * A row and the record that tells of it are written together or not at all: the record waits in the table {@code outbox} until the broker has
 * it. Readers see every record at least once and per key in the order of the commits; recognising repeats is theirs.
 */
@NullMarked
package tocsin.service.outbox;

import org.jspecify.annotations.NullMarked;
