@NullMarked
package tocsin.sender.signing;

import org.jspecify.annotations.NullMarked;
