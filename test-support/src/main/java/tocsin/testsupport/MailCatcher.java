package tocsin.testsupport;

import com.icegreen.greenmail.mail.MailAddress;
import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** An SMTP server on 127.0.0.1 that takes every mail, for anybody, and keeps it for the test to read. */
public final class MailCatcher implements AutoCloseable {

    private final GreenMail server;
    private final Clock clock;
    private final int port;
    private final List<CaughtMail> caught = new CopyOnWriteArrayList<>();
    private final Set<MovingMessage> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private MailCatcher(int port, Clock clock) {
        this.port = FreePorts.orFree(port);
        this.clock = clock;
        server = new GreenMail(new ServerSetup(this.port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        AtExit.close(this);
        server.start();
        GreenMailUser postbox = server.setUser("postbox@example.org", "postbox", "postbox");
        server.getUserManager().setMessageDeliveryHandler((message, recipient) -> {
            keep(message);
            return postbox;
        });
    }

    /** On a free port. */
    public static MailCatcher start() {
        return start(0, ClockFactory.system());
    }

    /** @param port 0 for a free one */
    public static MailCatcher start(int port) {
        return start(port, ClockFactory.system());
    }

    /**
     * @param port 0 for a free one
     * @param clock stamps what is received
     */
    public static MailCatcher start(int port, Clock clock) {
        return new MailCatcher(port, clock);
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    /** In the order of arrival; one per message, however many recipients it had. */
    public List<CaughtMail> messages() {
        return List.copyOf(caught);
    }

    /** @throws AssertionError if there are fewer when the time is up */
    public List<CaughtMail> awaitMessages(int atLeast, Duration limit) {
        return Await.until(
                this::messages,
                messages -> messages.size() >= atLeast,
                limit,
                messages -> "caught " + messages.size() + " of " + atLeast + " mails");
    }

    /** The server asks where to put a message once for each recipient. */
    private synchronized void keep(MovingMessage message) throws MessagingException {
        if (!seen.add(message)) {
            return;
        }
        List<String> to = message.getToAddresses().stream()
                .map(MailAddress::getEmail)
                .sorted()
                .toList();
        try {
            caught.add(CaughtMail.of(message.getReturnPath().getEmail(), to, message.getMessage(), clock.instant()));
        } catch (IOException e) {
            throw new MessagingException("unreadable mail", e);
        }
    }

    @Override
    public void close() {
        AtExit.forget(this);
        server.stop();
    }
}
