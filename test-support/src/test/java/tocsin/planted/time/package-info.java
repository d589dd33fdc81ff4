/** Breaks rules of the house on purpose. */
@NullMarked
package tocsin.planted.time;

import org.jspecify.annotations.NullMarked;
