package tocsin.matcher.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketTest {

    @ParameterizedTest
    @CsvSource({
        "osv,  ftp://osv.example.com,           npm, PT5M",
        "osv,  https://user@osv.example.com,    npm, PT5M",
        "osv,  https://osv.example.com?a=b,     npm, PT5M",
        "osv,  https://osv.example.com/#a,      npm, PT5M",
        "osv,  nowhere,                         npm, PT5M",
        "OSV,  https://osv.example.com,         npm, PT5M",
        "osv,  https://osv.example.com,         ../npm, PT5M",
        "osv,  https://osv.example.com,         '',  PT5M",
        "osv,  https://osv.example.com,         npm, PT0S",
    })
    void refusesWhatIsNoBucket(String feed, String url, String folder, Duration interval) {
        assertThrows(IllegalArgumentException.class, () -> Bucket.of(feed, url, List.of(folder), interval));
    }

    @Test
    void makesAnAddressOfWhatLiesInIt() {
        Bucket bucket = Bucket.of("osv", "https://osv.example.com/bucket/", List.of("npm"), Duration.ofMinutes(5));

        assertEquals(
                "https://osv.example.com/bucket/%5BEMPTY%5D/MAL-1.json",
                bucket.at("[EMPTY]", "MAL-1.json").toString());
        assertEquals(
                "https://osv.example.com/bucket/modified_id.csv",
                bucket.at(Bucket.ROOT, "modified_id.csv").toString());
        assertEquals(List.of("npm", ""), bucket.parts());
    }
}
