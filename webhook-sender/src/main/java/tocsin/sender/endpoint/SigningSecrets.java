package tocsin.sender.endpoint;

import java.util.List;
import tocsin.sender.signing.SigningSecret;

/**
 * What an endpoint's messages are signed with at one time.
 *
 * @param all the current one first; at least one
 * @param single where there is room for one signature: the oldest that has not expired, for that is the one that the receiver is
 *     sure to have, until the owner switches to the current one
 * @param ids what names them in the delivery log, in the order of {@code all}
 */
public record SigningSecrets(List<SigningSecret> all, SigningSecret single, List<String> ids) {

    public SigningSecrets {
        all = List.copyOf(all);
        ids = List.copyOf(ids);
    }
}
