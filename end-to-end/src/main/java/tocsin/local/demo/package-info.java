/**
 * The bell, rung once: a public incident told to a fresh stack, and everything that arrives checked and shown. It promises to
 * succeed only if all that should arrive did and nothing else; it knows what Tocsin does, not how.
 */
@NullMarked
package tocsin.local.demo;

import org.jspecify.annotations.NullMarked;
