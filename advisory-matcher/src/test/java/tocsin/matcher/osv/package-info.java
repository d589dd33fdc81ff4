@NullMarked
package tocsin.matcher.osv;

import org.jspecify.annotations.NullMarked;
