@NullMarked
package tocsin.matcher.match;

import org.jspecify.annotations.NullMarked;
