/**
 * Deliveries that must wait for longer than a retry ladder does: they lie in PostgreSQL, where they hold no place in
 * anybody's window, and go back to their topic at a bounded rate, fair to all endpoints, once theirs is enabled again, or
 * gone, or has less to do. What then becomes of them is the delivery's.
 */
@NullMarked
package tocsin.sender.parking;

import org.jspecify.annotations.NullMarked;
