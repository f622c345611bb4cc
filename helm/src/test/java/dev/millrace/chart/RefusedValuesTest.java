package dev.millrace.chart;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that can not be meant are refused before anything is installed, with a sentence that says why. */
class RefusedValuesTest {
    @TempDir
    Path folder;

    @Test
    void refuses_two_autoscalers() throws Exception {
        refuses("autoscaling: { hpa: { enabled: true }, keda: { enabled: true } }", "exclude each other");
    }

    @Test
    void refuses_more_replicas_than_partitions() throws Exception {
        refuses("""
                autoscaling: { hpa: { enabled: true } }
                transform: { autoscaling: { maxReplicas: 5 } }
                """, "transform.autoscaling.maxReplicas is 5, but topics.partitions is 4");
    }

    @Test
    void refuses_a_range_of_replicas_that_is_none() throws Exception {
        refuses("""
                autoscaling: { hpa: { enabled: true } }
                model: { autoscaling: { minReplicas: 5, maxReplicas: 3 } }
                """, "model.autoscaling.maxReplicas is 3, less than minReplicas, 5");
    }

    @Test
    void refuses_lag_without_the_autoscaler_that_reads_it() throws Exception {
        refuses("autoscaling: { hpa: { lag: { enabled: true } } }", "wants autoscaling.hpa.enabled");
    }

    @Test
    void refuses_training_that_could_register_nothing() throws Exception {
        refuses("training: { enabled: true, pipelines: [card-fraud] }", "wants model.registry.enabled and");
    }

    @Test
    void refuses_keda_that_can_not_log_in() throws Exception {
        refuses("""
                autoscaling: { keda: { enabled: true } }
                kafka:
                  bootstrapServers: kafka:9093
                  securityProtocol: SSL
                """, "autoscaling.keda.authenticationRef");
    }

    @Test
    void refuses_to_start_without_a_broker() throws Exception {
        refuses("tryout: { kafka: { enabled: false } }", "kafka.bootstrapServers is not set");
    }

    @Test
    void refuses_to_start_without_a_warehouse() throws Exception {
        refuses("tryout: { postgres: { enabled: false } }", "warehouse.jdbcUrl is not set");
    }

    @Test
    void refuses_sasl_without_anyone_to_be() throws Exception {
        refuses(
                "kafka: { bootstrapServers: 'kafka:9094', securityProtocol: SASL_SSL }",
                "kafka.sasl.mechanism and kafka.sasl.existingSecret");
    }

    @Test
    void refuses_storage_of_models_that_nobody_would_use() throws Exception {
        refuses(
                "model: { registry: { artifacts: { location: /models } } }",
                "model.registry.artifacts.location is /models");
        refuses("model: { registry: { artifacts: { existingSecret: minio } } }", "its location is the database");
        refuses(
                "model: { registry: { enabled: false, artifacts: { location: 's3://models' } } }",
                "wants model.registry.enabled");
    }

    @Test
    void refuses_a_redis_that_nobody_could_use() throws Exception {
        refuses("model: { features: { redis: { url: 'redis.cache:6379' } } }", "wants redis://host:port");
        refuses(
                "model: { features: { redis: { url: 'redis://ann:secret@redis.cache' } } }",
                "has a user or a password");
        refuses("model: { features: { redis: { existingSecret: redis } } }", "url is not set");
    }

    @Test
    void refuses_a_misspelt_value_of_the_chart_and_of_a_service() throws Exception {
        refuses("kafka: { bootstrapServer: a }", "bootstrapServer");
        refuses("ingest: { replica: 2 }", "replica");
        refuses("load: { autoscaling: { maxReplica: 2 } }", "maxReplica");
    }

    @Test
    void refuses_a_value_that_is_out_of_range() throws Exception {
        refuses("model: { replicas: -1 }", "/model/replicas");
        refuses("image: { pullPolicy: Sometimes }", "/image/pullPolicy");
        refuses("topics: { partitions: many }", "/topics/partitions");
    }

    private void refuses(String yaml, String why) throws Exception {
        Path values = Files.writeString(folder.resolve("values.yaml"), yaml);

        assertThatThrownBy(() -> Rendering.of(values)).hasMessageContaining(why);
    }
}
