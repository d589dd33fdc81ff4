@NullMarked
package tocsin.sender.pace;

import org.jspecify.annotations.NullMarked;
