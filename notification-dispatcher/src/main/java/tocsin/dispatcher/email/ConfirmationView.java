package tocsin.dispatcher.email;

/**
 * What the templates of a confirmation mail show.
 *
 * @param until when the link is good no more
 */
public record ConfirmationView(String org, String link, String until) {}
