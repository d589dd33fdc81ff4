/**
 * Measures services as they run, processes of their own, beside a bare program that does only what cannot be left out, on the same brokers in the same
 * run: on a busy machine only such a ratio says anything. Every figure that a command prints was measured by it.
 */
@NullMarked
package tocsin.bench;

import org.jspecify.annotations.NullMarked;
