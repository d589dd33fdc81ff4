/** The contract, tested: golden bytes, compatibility with every released schema, topics as operations see them. */
@NullMarked
package tocsin.schemas;

import org.jspecify.annotations.NullMarked;
