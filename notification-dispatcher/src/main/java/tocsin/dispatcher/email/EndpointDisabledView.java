package tocsin.dispatcher.email;

/**
 * What the templates of a mail show that tells of a disabled endpoint.
 *
 * @param reason why, cleaned and defanged
 */
public record EndpointDisabledView(String org, String endpointId, String reason) {}
