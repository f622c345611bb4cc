package dev.millrace.model.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against answers of the shape that MLflow's REST API 2.0 documents, not against an MLflow. */
class MlflowServerTest {
    private static final String VERSION = """
            {"model_version": {"name": "fraud", "version": "3", "creation_timestamp": 1760000000000,
             "current_stage": "None", "source": "mlflow-artifacts:/1/models/m-1/artifacts", "run_id": "r1",
             "status": "READY", "aliases": ["champion"]}}
            """;
    private static final String RUN = """
            {"run": {"info": {"run_id": "r1"}, "data": {
              "metrics": [{"key": "auc_roc", "value": 0.87, "timestamp": 1, "step": 0}],
              "params": [{"key": "max_depth", "value": "6"}]}}}
            """;

    private final List<String> asked = new ArrayList<>();
    private HttpServer http;
    private MlflowServer mlflow;

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/api/2.0/mlflow/registered-models/alias", 200, VERSION);
        answer("/api/2.0/mlflow/model-versions/get", 200, VERSION);
        answer("/api/2.0/mlflow/runs/get", 200, RUN);
        answer("/model-versions/get-artifact", 200, "the bytes");
        http.start();
        mlflow = new MlflowServer(
                URI.create("http://localhost:" + http.getAddress().getPort() + "/"), Optional.of("secret"));
    }

    @AfterEach
    void stop() {
        http.stop(0);
    }

    private void answer(String path, int status, String body) {
        http.createContext(path, exchange -> {
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @Test
    void a_version_comes_by_its_alias_with_what_its_run_measured() throws IOException {
        MlflowServer.Fetched fetched = mlflow.fetch("models:/fraud@champion");

        assertThat(fetched.onnx()).asString(StandardCharsets.UTF_8).isEqualTo("the bytes");
        assertThat(fetched.known().path("metrics").path("auc_roc").asDouble()).isEqualTo(0.87);
        assertThat(fetched.known().path("parameters").path("max_depth").asText())
                .isEqualTo("6");
        assertThat(fetched.known().path("createdAt").asText()).isEqualTo("2025-10-09T08:53:20Z");
        assertThat(fetched.origin()).isEqualTo("mlflow models:/fraud/3, run r1");
        assertThat(asked)
                .contains(
                        "/api/2.0/mlflow/registered-models/alias?name=fraud&alias=champion Bearer secret",
                        "/model-versions/get-artifact?name=fraud&version=3&path=model.onnx Bearer secret");
    }

    @Test
    void a_version_comes_by_its_number() throws IOException {
        mlflow.fetch("models:/fraud/3");

        assertThat(asked.get(0)).startsWith("/api/2.0/mlflow/model-versions/get?name=fraud&version=3");
    }

    @Test
    void what_the_server_refuses_is_said() {
        http.removeContext("/api/2.0/mlflow/registered-models/alias");
        answer(
                "/api/2.0/mlflow/registered-models/alias",
                400,
                "{\"error_code\": \"INVALID_PARAMETER_VALUE\", \"message\": \"Registered model alias x not found.\"}");

        assertThatThrownBy(() -> mlflow.fetch("models:/fraud@x"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Registered model alias x not found.");
    }

    @Test
    void only_addresses_of_models_are_taken() {
        assertThat(MlflowServer.isAddress("models:/fraud@champion")).isTrue();
        assertThat(MlflowServer.isAddress("models:/fraud/12")).isTrue();
        assertThat(MlflowServer.isAddress("models:/fraud/Production")).isFalse();
        assertThat(MlflowServer.isAddress("http://elsewhere/model.onnx")).isFalse();
    }
}
