package dev.millrace.model.registry;

/** What stands for {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}: a JVM can not change its own environment. */
final class S3Credentials {
    private static final String KEY_ID = "aws.accessKeyId";
    private static final String SECRET = "aws.secretAccessKey";

    private S3Credentials() {}

    static void give(String secret) {
        System.setProperty(KEY_ID, S3Server.KEY_ID);
        System.setProperty(SECRET, secret);
    }

    static void take() {
        System.clearProperty(KEY_ID);
        System.clearProperty(SECRET);
    }
}
