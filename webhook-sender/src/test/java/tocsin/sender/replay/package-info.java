@NullMarked
package tocsin.sender.replay;

import org.jspecify.annotations.NullMarked;
