package dev.millrace.model.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3ArtifactsTest {
    private static final byte[] ONNX = "bytes of a model".getBytes(StandardCharsets.UTF_8);
    private static final String SUM = Checksum.of(ONNX);
    private static final String KEY = "registry/" + SUM + ".onnx";

    private final S3Server server = new S3Server();
    private final ArtifactStore store = replica(server.address());

    private record Settings(
            Optional<URI> endpoint, Optional<String> region, Optional<Boolean> pathStyle, Duration timeout)
            implements ModelsSettings.S3 {}

    @BeforeEach
    void the_environment_has_credentials() {
        S3Credentials.give(S3Server.SECRET);
    }

    @AfterEach
    void end() {
        S3Credentials.take();
        server.close();
    }

    @Test
    void what_one_replica_keeps_another_reads() throws IOException {
        store.keep(SUM, ONNX);

        assertThat(server.objects).containsOnlyKeys(KEY);
        assertThat(replica(server.address()).read(SUM)).isEqualTo(ONNX);
        assertThat(store.location()).isEqualTo("s3://models/registry");
    }

    @Test
    void an_object_that_is_there_is_not_written_again() throws IOException {
        store.keep(SUM, ONNX);
        replica(server.address()).keep(SUM, ONNX);

        assertThat(server.written).hasValue(1);
    }

    @Test
    void what_another_replica_wrote_meanwhile_stays() throws IOException {
        server.meanwhile = () -> server.objects.put(KEY, ONNX);

        store.keep(SUM, ONNX);

        assertThat(server.written).hasValue(0);
    }

    @Test
    void who_may_not_list_the_bucket_keeps_and_reads_all_the_same() throws IOException {
        server.secretive = true;

        store.keep(SUM, ONNX);

        assertThat(store.read(SUM)).isEqualTo(ONNX);
    }

    @Test
    void what_is_there_under_the_name_and_is_something_else_is_named() {
        server.objects.put(KEY, new byte[] {1, 2, 3});

        assertThatThrownBy(() -> store.keep(SUM, ONNX))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(KEY)
                .hasMessageContaining("3 bytes");
    }

    @Test
    void an_object_that_is_not_there_is_named() {
        assertThatThrownBy(() -> store.read(SUM))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bucket models has no object " + KEY);
    }

    @Test
    void a_bucket_that_is_not_there_is_named_with_what_to_do() {
        ArtifactStore elsewhere = replica(server.address(), "s3://nowhere");

        assertThatThrownBy(() -> elsewhere.keep(SUM, ONNX))
                .isInstanceOf(RegistryAwayException.class)
                .hasMessageContaining("bucket nowhere")
                .hasMessageContaining("make that bucket");
        assertThatThrownBy(() -> elsewhere.read(SUM))
                .isInstanceOf(RegistryAwayException.class)
                .hasMessageContaining("NoSuchBucket");
    }

    @Test
    void credentials_that_are_refused_are_said_to_be_and_not_shown() {
        S3Credentials.give("not-the-secret");

        assertThatThrownBy(() -> store.keep(SUM, ONNX))
                .isInstanceOf(RegistryAwayException.class)
                .hasMessageContaining("SignatureDoesNotMatch")
                .hasMessageContaining("AWS_SECRET_ACCESS_KEY")
                .hasMessageNotContaining("not-the-secret");
        assertThat(server.objects).isEmpty();
    }

    @Test
    void while_the_storage_is_away_it_is_named_and_later_it_is_found_again() throws IOException {
        int port = server.port();
        server.close();

        assertThatThrownBy(() -> store.keep(SUM, ONNX))
                .isInstanceOf(RegistryAwayException.class)
                .hasMessageContaining("bucket models")
                .hasMessageContaining("127.0.0.1:" + port);

        try (S3Server back = new S3Server(port)) {
            Awaitility.await().ignoreExceptions().untilAsserted(() -> store.keep(SUM, ONNX));
            assertThat(back.objects).containsKey(KEY);
        }
    }

    @Test
    void storage_that_does_not_answer_is_given_up_and_not_waited_for_again_at_once() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ArtifactStore hanging = replica(URI.create("http://127.0.0.1:" + silent.getLocalPort()));

            assertThat(seconds(() -> hanging.read(SUM))).isLessThan(5);
            assertThat(seconds(() -> hanging.read(SUM))).isLessThan(0.5);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3:models",
                "s3://",
                "s3://Models",
                "s3://me:hush@minio/models",
                "s3://models/a//b",
                "s3://models?password=hush",
                "s3://models/a b"
            })
    void a_place_that_can_not_be_meant_is_refused_and_not_repeated(String place) {
        assertThatThrownBy(() -> S3Address.of(place))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("millrace.models.artifacts")
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"minio:9000", "ftp://minio", "http://me:hush@minio:9000", "http://minio:9000?password=hush"})
    void an_endpoint_that_can_not_be_meant_is_refused_and_not_repeated(String endpoint) {
        assertThatThrownBy(() -> replica(URI.create(endpoint)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("millrace.models.s3.endpoint")
                .hasMessageNotContaining("hush");
    }

    private interface Call {
        void run() throws IOException;
    }

    private static double seconds(Call call) {
        long start = System.nanoTime();
        assertThatThrownBy(call::run).isInstanceOf(RegistryAwayException.class);
        return (System.nanoTime() - start) / 1e9;
    }

    private static ArtifactStore replica(URI endpoint) {
        return replica(endpoint, "s3://models/registry/");
    }

    private static ArtifactStore replica(URI endpoint, String place) {
        return new S3Artifacts(
                S3Address.of(place),
                new S3Storage(new Settings(
                        Optional.of(endpoint), Optional.empty(), Optional.empty(), Duration.ofSeconds(2))));
    }
}
