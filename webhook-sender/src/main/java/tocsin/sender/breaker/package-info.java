/**
 * Leaves an endpoint alone that fails again and again: attempts are not spent on it until a single one, now and then, goes well; and tells when it has
 * failed for so long that nobody seems to care. What becomes of its deliveries meanwhile is the delivery's to decide.
 */
@NullMarked
package tocsin.sender.breaker;

import org.jspecify.annotations.NullMarked;
