package tocsin.planted.style;

/** Talks to the person who called it. */
final class TalkingCommand {

    @SuppressWarnings("SystemOut")
    void talk() {
        System.out.println("done");
    }
}
