package tocsin.dispatcher.email;

/**
 * What the templates of a confirmation mail show.
 *
 * @param hours how long the link is good
 */
public record ConfirmationView(String org, String link, long hours) {}
