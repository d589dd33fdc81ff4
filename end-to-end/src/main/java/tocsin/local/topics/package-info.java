/**
 * Brings a cluster's topics to what {@code deploy/topics.yaml} says, and says first what it would do. It never shrinks, deletes or
 * lays out anew: what would break the state of a running service is refused, and whoever operates the cluster decides.
 */
@NullMarked
package tocsin.local.topics;

import org.jspecify.annotations.NullMarked;
