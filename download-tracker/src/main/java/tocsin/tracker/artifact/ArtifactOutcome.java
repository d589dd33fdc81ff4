package tocsin.tracker.artifact;

/** What a request fetched. */
public sealed interface ArtifactOutcome {

    /** A package file was served. */
    record Download(Coordinates coordinates) implements ArtifactOutcome {}

    /** A part of a package file was served. The parts that one client fetches of one file within a minute are one download. */
    record Part(Coordinates coordinates) implements ArtifactOutcome {}

    /** Understood, and no package file was served. */
    record NotADownload(DropReason reason) implements ArtifactOutcome {}

    /**
     * Not understood: a person has to look.
     *
     * @param reason for people; does not repeat the request
     */
    record Unknown(String reason) implements ArtifactOutcome {}
}
