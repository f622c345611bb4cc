package dev.millrace.model.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in storage that speaks S3's protocol, written {@code s3://bucket} or {@code s3://bucket/prefix}.
 *
 * @param bucket its name
 * @param prefix what the keys there begin with, ending in a slash; or empty
 */
record S3Address(String bucket, String prefix) {
    private static final String SCHEME = "s3:";
    private static final Pattern FORM =
            Pattern.compile("s3://([a-z0-9][-.a-z0-9]{1,61}[a-z0-9])(?:/((?:[-_.A-Za-z0-9]+/)*[-_.A-Za-z0-9]+)?/?)?");

    /** Whether whoever wrote this meant such a place, well written or not. */
    static boolean isMeant(String location) {
        return location.startsWith(SCHEME);
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is not written so; what was written is not repeated, as it may hold a password
     */
    static S3Address of(String location) {
        Matcher form = FORM.matcher(location);
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "millrace.models.artifacts: expected s3://bucket or s3://bucket/prefix, the bucket"
                            + " of 3 to 63 lower-case letters, digits, dots and hyphens, the prefix of letters, digits, dots, hyphens,"
                            + " underscores and slashes. The server's address belongs in millrace.models.s3.endpoint, credentials"
                            + " in the environment");
        }
        String prefix = form.group(2);
        return new S3Address(form.group(1), prefix == null ? "" : prefix + "/");
    }

    /** The key of a file of that name there. */
    String key(String name) {
        return prefix + name;
    }

    /** As it is written, without a slash at the end. */
    @Override
    public String toString() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1));
    }
}
