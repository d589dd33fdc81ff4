package tocsin.matcher.version;

/** Natural numbers as digit strings: real versions hold numbers that fit no machine word. */
final class Digits {

    private Digits() {}

    /** Without leading zeros, so that equal numbers are equal strings; zero and the empty string become {@code "0"}. */
    static String normal(String digits) {
        int start = 0;
        while (start < digits.length() - 1 && digits.charAt(start) == '0') {
            start++;
        }
        return digits.isEmpty() ? "0" : digits.substring(start);
    }

    /** Compares two that {@link #normal} gave. */
    static int compare(String a, String b) {
        return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }

    static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
