@NullMarked
package tocsin.sender.delivery;

import org.jspecify.annotations.NullMarked;
