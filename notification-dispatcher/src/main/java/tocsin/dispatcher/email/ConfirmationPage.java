package tocsin.dispatcher.email;

import java.util.Optional;

/**
 * A page that a confirmation link leads to.
 *
 * @param language of the page, as HTML names it
 * @param button the words on the button that confirms; empty where there is nothing to confirm
 */
public record ConfirmationPage(String language, String title, String message, Optional<String> button) {}
