/**
 * What a person wants sent again: one delivery, or a range of them at a bounded rate, with the same {@code webhook-id} and body as before. Each goes to
 * {@code webhook.requested} as a round of its delivery, in the transaction that opens the round; how it is attempted is the delivery's.
 */
@NullMarked
package tocsin.sender.replay;

import org.jspecify.annotations.NullMarked;
