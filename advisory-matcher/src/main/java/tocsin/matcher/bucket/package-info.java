/**
 * Fetches feeds that lie in a bucket as OSV's do: an archive first, then what changed. Promises that a feed's place moves only after the broker has
 * what lies before it, that one instance at a time fetches, and that no server makes it read without end; what becomes of a record is left to
 * {@code tocsin.matcher.feed} and the topology behind {@code advisory.published}.
 */
@NullMarked
package tocsin.matcher.bucket;

import org.jspecify.annotations.NullMarked;
