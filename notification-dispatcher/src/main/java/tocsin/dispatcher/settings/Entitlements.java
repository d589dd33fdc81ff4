package tocsin.dispatcher.settings;

/**
 * What an organisation has paid for.
 *
 * @param guard breach notices
 * @param webhooks webhooks of any kind
 */
public record Entitlements(boolean guard, boolean webhooks) {

    /** Of an organisation that nobody has set any for. */
    public static final Entitlements NONE = new Entitlements(false, false);
}
