@NullMarked
package tocsin.sender.database;

import org.jspecify.annotations.NullMarked;
