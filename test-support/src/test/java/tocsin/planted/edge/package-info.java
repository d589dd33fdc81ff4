/** Breaks rules of the house on purpose. */
@NullMarked
package tocsin.planted.edge;

import org.jspecify.annotations.NullMarked;
