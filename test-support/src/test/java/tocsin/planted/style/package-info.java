/** Breaks rules of the house on purpose. */
@NullMarked
package tocsin.planted.style;

import org.jspecify.annotations.NullMarked;
