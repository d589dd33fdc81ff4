package tocsin.tracker.intake;

/** Something that is no token's id stands where one belongs, and may be the token. The message does not repeat it. */
final class TokenShownException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    TokenShownException(String reason) {
        super(reason);
    }
}
