@NullMarked
package tocsin.sender.breaker;

import org.jspecify.annotations.NullMarked;
