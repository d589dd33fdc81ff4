/**
 * Every recorded download in PostgreSQL, once, for as many days as are kept; organisations ask it what they fetched. It follows {@code download.recorded}
 * in a consumer group of its own: it may be off, behind or without a database, and neither recording nor the process's health notice. Who is
 * warned of what is not decided by it. What it holds it can write to that topic again, for a matcher that lost its state.
 */
@NullMarked
package tocsin.tracker.history;

import org.jspecify.annotations.NullMarked;
