@NullMarked
package tocsin.sender.deliverylog;

import org.jspecify.annotations.NullMarked;
