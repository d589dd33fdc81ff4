/**
 * Obeys {@code privacy.erasure} in what waits here to be sent. What is under way already is delivered as it is; what is in topics ages out with them.
 */
@NullMarked
package tocsin.sender.erasure;

import org.jspecify.annotations.NullMarked;
