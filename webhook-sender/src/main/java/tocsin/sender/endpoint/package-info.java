/**
 * The registry of webhook endpoints: who may register what, its secret (shown once, encrypted at rest), whether it is
 * enabled, and the topic that tells the other services of it. Whether an address may be reached is egress's to judge; what
 * is sent is the delivery's.
 */
@NullMarked
package tocsin.sender.endpoint;

import org.jspecify.annotations.NullMarked;
