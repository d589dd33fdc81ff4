/**
 * Obeys {@code privacy.erasure} in what waits here to be sent and in what the delivery log keeps, and for 30 days in what is parked or logged later. What is
 * under way is delivered as it is; what is in topics ages out with them.
 */
@NullMarked
package tocsin.sender.erasure;

import org.jspecify.annotations.NullMarked;
