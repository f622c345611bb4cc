package dev.millrace.model.registry;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The storage that {@code millrace.models.s3} describes, connected to when it is first needed. A call takes no longer than
 * {@code millrace.models.s3.timeout}; for a moment after the storage could not be reached, none is tried, so that whoever
 * wants several files does not wait that long for each. Credentials are found as every program finds them that uses
 * Amazon's SDK, and are never logged. Thread-safe.
 */
final class S3Storage implements AutoCloseable {
    private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final ModelsSettings.S3 settings;
    private S3Client client;
    /** Why the storage could not be reached a moment ago. */
    private volatile Unreached unreached = new Unreached(System.nanoTime() - PAUSE.toNanos(), null);

    private record Unreached(long at, SdkClientException why) {}

    /**
     * Connects to nothing yet.
     *
     * @throws IllegalArgumentException if the settings can not be meant
     */
    S3Storage(ModelsSettings.S3 settings) {
        this.settings = settings;
        settings.endpoint().ifPresent(S3Storage::requireAddress);
        if (settings.timeout().compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException(
                    "millrace.models.s3.timeout: expected more than nothing, such as 15s, got " + settings.timeout());
        }
    }

    private static void requireAddress(URI endpoint) {
        boolean web = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
        if (!web || endpoint.getHost() == null || endpoint.getUserInfo() != null || endpoint.getQuery() != null) {
            // Not repeated: what was written may hold a password.
            throw new IllegalArgumentException("millrace.models.s3.endpoint: expected an address such as"
                    + " http://minio:9000, without credentials (they belong in the environment) and without a query");
        }
    }

    /**
     * Asks the storage for something.
     *
     * @throws SdkException what the storage or the way to it answered instead, see {@link #why}
     */
    <T> T call(Function<S3Client, T> request) {
        Unreached last = unreached;
        if (last.why() != null && System.nanoTime() - last.at() < PAUSE.toNanos()) {
            throw last.why();
        }
        try {
            return request.apply(client());
        } catch (SdkClientException e) {
            unreached = new Unreached(System.nanoTime(), e);
            throw e;
        }
    }

    private synchronized S3Client client() {
        if (client == null) {
            S3ClientBuilder builder = S3Client.builder()
                    .credentialsProvider(DefaultCredentialsProvider.builder().build())
                    .forcePathStyle(
                            settings.pathStyle().orElse(settings.endpoint().isPresent()))
                    // Storage that is not Amazon's need not know the checksums and the chunks that the SDK would add;
                    // the registry
                    // looks at checksums of its own.
                    .serviceConfiguration(S3Configuration.builder()
                            .chunkedEncodingEnabled(false)
                            .build())
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                    .httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(CONNECTS_WITHIN)
                            .socketTimeout(settings.timeout()))
                    .overrideConfiguration(bounds -> bounds.apiCallTimeout(settings.timeout()));
            settings.endpoint().ifPresent(builder::endpointOverride);
            region().ifPresent(builder::region);
            client = builder.build();
        }
        return client;
    }

    /** None leaves it to the SDK, which also asks the machine that it runs on. */
    private Optional<Region> region() {
        Optional<String> said = settings.region().filter(text -> !text.isBlank());
        if (said.isEmpty() && settings.endpoint().isPresent()) {
            // Somebody's own storage has no regions, as a rule, but a signature names one.
            said = SdkSystemSetting.AWS_REGION.getStringValue().or(() -> Optional.of("us-east-1"));
        }
        return said.map(Region::of);
    }

    /** What went wrong and what to do, in words. */
    String why(SdkException e) {
        if (e instanceof S3Exception answer) {
            return "the storage" + place() + " answered " + answer.statusCode()
                    + code(answer).map(code -> " " + code).orElse("") + hint(answer);
        }
        return "the storage" + place() + " can not be reached, or there are no credentials for it: " + e.getMessage();
    }

    /** What the storage calls its refusal, such as {@code NoSuchBucket}. */
    static Optional<String> code(S3Exception e) {
        return Optional.ofNullable(e.awsErrorDetails()).map(AwsErrorDetails::errorCode);
    }

    private static String hint(S3Exception answer) {
        String code = code(answer).orElse("");
        switch (code) {
            case "NoSuchBucket":
                return ": make that bucket, or name another one in millrace.models.artifacts";
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken":
                return ": look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or whatever gives the credentials";
            case "AuthorizationHeaderMalformed", "PermanentRedirect":
                return ": the bucket is in another region; set millrace.models.s3.region";
            default:
                return switch (answer.statusCode()) {
                    case 301 -> ": the bucket is in another region; set millrace.models.s3.region";
                    case 400 -> ": look at the credentials, and at millrace.models.s3.region";
                    case 403 ->
                        ": the credentials have to allow s3:GetObject and s3:PutObject there; what is not there is"
                                + " answered so too, to who may not list the bucket";
                    case 404 -> ": is it the bucket's name, and the endpoint of S3's protocol?";
                    default -> "";
                };
        }
    }

    private String place() {
        return settings.endpoint().map(endpoint -> " at " + endpoint).orElse("");
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
