package tocsin.dispatcher.address;

import java.time.Duration;
import java.util.Optional;
import tocsin.dispatcher.email.Language;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.kafka.TopicTable;

/** The addresses of personal tokens. A revoked token has none. */
public final class TokenDirectory {

    private final TopicTable<TokenRegistered> table;

    public TokenDirectory(TopicTable<TokenRegistered> table) {
        this.table = table;
    }

    /** @return whether all is known that was there at the start; before that, nothing that is asked here has an answer */
    public boolean awaitLoaded(Duration limit) throws InterruptedException {
        return table.awaitLoaded(limit);
    }

    /** @return empty for a token that is unknown, revoked, an organisation's, or has no address that mail can go to */
    public Optional<VerifiedAddress> addressOf(String tokenId) {
        return table.find(tokenId)
                .filter(token -> token.getOrgId().isEmpty())
                .flatMap(token -> token.getVerifiedEmail()
                        .filter(EmailAddress::isValid)
                        .flatMap(address -> token.getVerifiedAt()
                                .map(at -> new VerifiedAddress(
                                        address,
                                        at,
                                        Language.ofCode(token.getLanguage()).orElse(Language.EN)))));
    }
}
