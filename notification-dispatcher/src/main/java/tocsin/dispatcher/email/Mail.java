package tocsin.dispatcher.email;

/** A composed mail, without the people. */
public record Mail(String subject, String text, String html) {}
