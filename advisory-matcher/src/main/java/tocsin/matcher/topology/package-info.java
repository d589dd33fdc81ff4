/**
 * The Kafka Streams application: where records come from and go to, what is stored, and how it starts, reports and stops.
 * Promises that nothing which the state remembers suppresses an output, so that after any crash the repeat of a record repeats
 * what it made; what matches is left to {@code tocsin.matcher.match}.
 */
@NullMarked
package tocsin.matcher.topology;

import org.jspecify.annotations.NullMarked;
