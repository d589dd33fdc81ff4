/**
 * Obeys {@code privacy.erasure} in what waits here to be sent, and for 30 days in what is parked later. What is under way is delivered as it is; what is in
 * topics ages out with them.
 */
@NullMarked
package tocsin.sender.erasure;

import org.jspecify.annotations.NullMarked;
