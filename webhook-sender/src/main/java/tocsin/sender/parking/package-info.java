/**
 * Deliveries that must wait for longer than a retry ladder does: they lie in PostgreSQL, where they hold no place in
 * anybody's window, and go back to {@code webhook.requested} at a bounded rate once their endpoint is enabled again, or
 * gone. What then becomes of them is the delivery's.
 */
@NullMarked
package tocsin.sender.parking;

import org.jspecify.annotations.NullMarked;
