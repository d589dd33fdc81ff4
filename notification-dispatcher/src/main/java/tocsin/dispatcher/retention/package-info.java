/**
 * Removes what grew old. What still waits for its end is never old, and what audiences were told is kept as long as the matcher may tell it again; what
 * else is kept is kept by its owner.
 */
@NullMarked
package tocsin.dispatcher.retention;

import org.jspecify.annotations.NullMarked;
