@NullMarked
package tocsin.sender.entitlement;

import org.jspecify.annotations.NullMarked;
