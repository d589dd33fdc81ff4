package tocsin.tracker.intake;

/** What became of a message from a source. */
public sealed interface Reading {

    record Observed(Observation observation) implements Reading {}

    /**
     * No message, or one whose parts do not fit together.
     *
     * @param reason for people; does not repeat what was sent
     */
    record Unreadable(String reason) implements Reading {}

    /**
     * A message with something that is no token's id in its place. It may well be the token itself, so nobody may keep the message.
     *
     * @param reason for people; does not repeat what was sent
     */
    record Unkeepable(String reason) implements Reading {}
}
