@NullMarked
package tocsin.sender.parking;

import org.jspecify.annotations.NullMarked;
