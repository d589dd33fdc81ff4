package tocsin.dispatcher.email;

import java.util.Optional;
import tocsin.schemas.Audience;

/** How a recipient stops the mails that he gets. */
public interface Unsubscribing {

    /** @return the page, which takes a one-click POST too; empty where an organisation's settings decide and not its reader */
    Optional<String> link(Audience audience, String recipient);
}
