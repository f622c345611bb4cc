package dev.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.local.broker.SeenClients;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@QuarkusTest
class KafkaSettingsTest {
    @ConfigProperty(name = "millrace.pipelines.dir")
    Path pipelines;

    @Test
    void every_client_takes_what_is_configured_for_kafka() throws IOException {
        Requests.awaitPipeline("payments");
        Path declaration = pipelines.resolve("configured.yaml");
        Files.writeString(declaration, Payments.pipeline("configured", "file: { path: configured/*.csv }"));
        try {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(SeenClients.ids())
                            .contains("millrace-topics", "kafka-producer-raw")
                            .anyMatch(id -> id.startsWith("producer-millrace-ingest-files-configured-"))
                            .anyMatch(id -> id.startsWith("consumer-")));
        } finally {
            Files.delete(declaration);
        }
    }
}
