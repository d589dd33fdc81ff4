@NullMarked
package tocsin.sender;

import org.jspecify.annotations.NullMarked;
