package tocsin.matcher.bucket;

import java.io.InputStream;
import java.util.Optional;

/** What a bucket answered that is of use. */
sealed interface Fetched {

    /** @param content ends with an exception where the server ends too early, sends too much, or takes too long; closed by who reads it */
    record Found(InputStream content, Optional<String> etag) implements Fetched {}

    /** It is as it was when its tag was told. */
    record Unchanged() implements Fetched {}

    record Missing() implements Fetched {}

    /** Also what stores say of a thing that is not there to who may not list them. */
    record Denied() implements Fetched {}
}
