@NullMarked
package tocsin.matcher.version;

import org.jspecify.annotations.NullMarked;
