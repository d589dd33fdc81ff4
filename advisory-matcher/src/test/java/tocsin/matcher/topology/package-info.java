@NullMarked
package tocsin.matcher.topology;

import org.jspecify.annotations.NullMarked;
