package tocsin.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * The limit: sends a mail that is already there over and over until it is stopped, on so many connections, each with its next mail as soon as the server has the
 * last. Nothing is read, looked up, composed, logged or remembered.
 */
final class BareSmtpMain {

    private BareSmtpMain() {}

    /** @param arguments port, connections */
    public static void main(String... arguments) throws InterruptedException {
        int port = Integer.parseInt(arguments[0]);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            threads.add(Thread.ofVirtual().start(() -> send(port)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void send(int port) {
        byte[] mail = mail();
        try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
            socket.setTcpNoDelay(true);
            BufferedReader answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            expect(answers, "220");
            ask(out, answers, "EHLO bench.example.com", "250");
            while (!Thread.currentThread().isInterrupted()) {
                ask(out, answers, "MAIL FROM:<alarm@tocsin.example.com>", "250");
                ask(out, answers, "RCPT TO:<person-1@example.com>", "250");
                ask(out, answers, "DATA", "354");
                out.write(mail);
                expect(answers, "250");
            }
        } catch (IOException _) {
            // What it does not get through does not count.
        }
    }

    private static void ask(OutputStream out, BufferedReader answers, String line, String code) throws IOException {
        out.write((line + "\r\n").getBytes(ISO_8859_1));
        expect(answers, code);
    }

    private static void expect(BufferedReader answers, String code) throws IOException {
        String answer = answers.readLine();
        if (answer == null || !answer.startsWith(code)) {
            throw new IOException("the server answered " + answer);
        }
    }

    /** With as many bytes as the dispatcher's, so that the server has the same to read. */
    private static byte[] mail() {
        return """
                Date: Fri, 17 Apr 2026 12:00:00 +0000
                From: alarm@tocsin.example.com
                To: person-1@example.com
                Message-ID: <0b8e5a7c-51f2-5c8f-9a55-3f1d60c0e5a1@tocsin.example.com>
                Subject: %s
                MIME-Version: 1.0
                Content-Type: multipart/alternative; boundary="----=_Part_0"
                Auto-Submitted: auto-generated
                List-Id: Tocsin security notices <notices.tocsin.example.com>
                Content-Language: en

                ------=_Part_0
                Content-Type: text/plain; charset=utf-8

                %s
                ------=_Part_0
                Content-Type: text/html; charset=utf-8

                %s
                ------=_Part_0--
                .
                """.formatted(MailProducer.SUBJECT, MailProducer.TEXT, MailProducer.HTML)
                .replace("\n", "\r\n")
                .getBytes(ISO_8859_1);
    }
}
