@NullMarked
package tocsin.sender.endpoint;

import org.jspecify.annotations.NullMarked;
