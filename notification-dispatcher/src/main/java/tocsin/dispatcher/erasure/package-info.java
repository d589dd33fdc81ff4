/**
 * Obeys {@code privacy.erasure}: forgets the owner of an address and the holder of a token. Principals of organisations are kept nowhere here; they stand in
 * requests on their way, which topics age out.
 */
@NullMarked
package tocsin.dispatcher.erasure;

import org.jspecify.annotations.NullMarked;
