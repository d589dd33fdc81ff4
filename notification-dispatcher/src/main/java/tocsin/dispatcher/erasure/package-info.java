/**
 * Obeys {@code privacy.erasure}: forgets the owner of an address and the holder of a token. Principals of organisations are kept
 * only in late matches that wait for each other, and are erased there; else they stand in requests on their way, which topics age out.
 */
@NullMarked
package tocsin.dispatcher.erasure;

import org.jspecify.annotations.NullMarked;
