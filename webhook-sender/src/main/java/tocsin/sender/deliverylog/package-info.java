/**
 * What became of every delivery: its state, each attempt with status, error and time, and the record that settles it, all
 * written in one transaction. Shown to the organisation that owns the endpoint; deciding what an attempt came to is the
 * delivery's.
 */
@NullMarked
package tocsin.sender.deliverylog;

import org.jspecify.annotations.NullMarked;
