/**
 * Reads what sources say into values whose texts are bounded and whose parts fit together. What it lets through may still be no download and
 * nobody's: that is for {@code artifact} and {@code identity} to say.
 */
@NullMarked
package tocsin.tracker.intake;

import org.jspecify.annotations.NullMarked;
