/** Breaks rules of the house on purpose. */
@NullMarked
package tocsin.planted.first;

import org.jspecify.annotations.NullMarked;
