package tocsin.schemas;

import tocsin.schemas.avro.TokenRegistered;

/** Reads records of {@code token.registered}. Safe for use by many threads. */
public final class TokenRecords {

    private static final MessageCodec<TokenRegistered> CODEC = MessageCodec.of(TokenRegistered.class);

    private TokenRecords() {}

    /**
     * Whether the parts of the message fit together is the reader's to judge.
     *
     * @param key of the record; that of a registration is the token's id, never the token
     * @throws UndecodableMessageException if the value is no such message
     * @throws IllegalArgumentException if the key is no token's id, or not the one that the message names; never repeats either, which may be a token
     */
    public static TokenRegistered read(String key, byte[] value) {
        // The key first: whatever is wrong with the value, nobody would find it.
        Audience.Token token = new Audience.Token(key);
        TokenRegistered message = CODEC.decode(value);
        if (!token.tokenId().equals(message.getTokenId())) {
            throw new IllegalArgumentException("key and token_id differ");
        }
        return message;
    }
}
