/**
 * Deliveries: takes what the dispatcher asks for, makes one attempt at a time by the retry ladder, decides what an answer
 * means, and has every result durable before the engine lets go of it. How to post, how to sign and who is registered are
 * the neighbours'.
 */
@NullMarked
package tocsin.sender.delivery;

import org.jspecify.annotations.NullMarked;
