@NullMarked
package tocsin.sender.egress;

import org.jspecify.annotations.NullMarked;
