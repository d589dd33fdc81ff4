/**
 * Standard Webhooks v1 and the header of the takumo format: secrets and signatures as values, without clock, network or storage. A caller gives the instant
 * of the attempt and the exact bytes that it sends; where a secret is kept, and for how long it signs, is the endpoint
 * registry's.
 */
@NullMarked
package tocsin.sender.signing;

import org.jspecify.annotations.NullMarked;
