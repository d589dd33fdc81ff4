package tocsin.schemas;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrivacyErasure;

/**
 * Whose personal data a {@link PrivacyErasure} takes away. None of them prints what it says of a person.
 */
public sealed interface ErasureSubject {

    /** The id that a principal has in place of its own once it was erased. */
    String ERASED_ID = "erased";

    /** Somebody in an organisation. The organisation keeps what was fetched and when, not by whom. */
    record OfOrganisation(Audience.Organisation organisation, String principalId) implements ErasureSubject {

        /** @throws IllegalArgumentException if the principal's id is empty or longer than {@value #MAX_ID_LENGTH} characters. */
        public OfOrganisation {
            if (principalId.isBlank() || principalId.length() > MAX_ID_LENGTH) {
                throw new IllegalArgumentException("principal_id must have 1 to " + MAX_ID_LENGTH + " characters");
            }
        }

        @Override
        public String text() {
            return organisation.text() + " " + principalId;
        }

        @Override
        public boolean covers(String audience, Principal principal) {
            return audience.equals(organisation.text()) && principal.getId().equals(principalId);
        }

        @Override
        public String toString() {
            return "ErasureSubject[principal]";
        }
    }

    /** The holder of a personal token: all that is kept of the token is theirs alone. */
    record OfToken(Audience.Token token) implements ErasureSubject {

        @Override
        public String text() {
            return token.text();
        }

        @Override
        public boolean covers(String audience, Principal principal) {
            return audience.equals(token.text());
        }

        @Override
        public String toString() {
            return "ErasureSubject[token]";
        }
    }

    /**
     * The owner of an e-mail address, in whatever organisation.
     *
     * @param hash as {@link RecordKeys#emailRecipient} makes it
     */
    record OfEmail(String hash) implements ErasureSubject {

        private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

        /** @throws IllegalArgumentException if it is no hash. */
        public OfEmail {
            if (!SHA_256.matcher(hash).matches()) {
                throw new IllegalArgumentException("email_hash must have 64 lower-case hexadecimal digits");
            }
        }

        @Override
        public String text() {
            return "email:" + hash;
        }

        @Override
        public boolean covers(String audience, Principal principal) {
            Optional<String> email = principal.getEmail();
            return email.isPresent() && RecordKeys.emailRecipient(email.get()).equals(hash);
        }

        @Override
        public String toString() {
            return "ErasureSubject[email]";
        }
    }

    /** The longest id of a principal. */
    int MAX_ID_LENGTH = 256;

    /** Unambiguous, and personal: for {@link RecordKeys#privacyErasure} and for nothing that is seen. */
    String text();

    /**
     * Whether a download of that audience by that principal is the subject's. When it was received is the caller's to compare.
     *
     * @param audience as in {@code download.recorded}
     */
    boolean covers(String audience, Principal principal);

    /**
     * Under which subjects a download may be erased.
     *
     * @param audience as in {@code download.recorded}
     */
    static List<ErasureSubject> subjectsOf(String audience, Principal principal) {
        List<ErasureSubject> subjects = new ArrayList<>();
        switch (Audience.parse(audience)) {
            case Audience.Token token -> subjects.add(new OfToken(token));
            case Audience.Organisation organisation -> {
                String id = principal.getId();
                if (!id.isBlank() && id.length() <= MAX_ID_LENGTH) {
                    subjects.add(new OfOrganisation(organisation, id));
                }
            }
        }
        principal.getEmail().ifPresent(address -> subjects.add(new OfEmail(RecordKeys.emailRecipient(address))));
        return subjects;
    }

    /** @throws IllegalArgumentException if the message names no subject, more than one, or one that cannot be. */
    static ErasureSubject of(PrivacyErasure message) {
        int subjects =
                count(message.getOrgId().isPresent() || message.getPrincipalId().isPresent())
                        + count(message.getTokenId().isPresent())
                        + count(message.getEmailHash().isPresent());
        if (subjects != 1) {
            throw new IllegalArgumentException("an erasure names exactly one subject");
        }
        if (message.getTokenId().isPresent()) {
            return new OfToken(new Audience.Token(message.getTokenId().get()));
        }
        if (message.getEmailHash().isPresent()) {
            return new OfEmail(message.getEmailHash().get());
        }
        return new OfOrganisation(
                new Audience.Organisation(message.getOrgId().orElse("")),
                message.getPrincipalId().orElse(""));
    }

    private static int count(boolean present) {
        return present ? 1 : 0;
    }
}
