package dev.millrace.model.retraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.service.cluster.Cluster;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against an API server that keeps what it is sent. */
class CronJobStarterTest {
    private static final String NAMESPACE = "fraud";

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private KubernetesClient client;
    private CronJobStarter starter;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
        starter = new CronJobStarter(new Cluster(() -> client, Optional.of(NAMESPACE)));
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    @Test
    void makes_a_job_of_the_cron_job_that_trains_the_pipeline() throws Exception {
        create("millrace-train-clicks", "clicks", "other-image");
        CronJob cronJob = create("millrace-train-card-fraud", "card-fraud", "model-image");

        String started = starter.start("card-fraud", reason -> {});

        Job job = client.batch()
                .v1()
                .jobs()
                .inNamespace(NAMESPACE)
                .list()
                .getItems()
                .get(0);
        assertThat(started).isEqualTo("Job " + job.getMetadata().getName());
        assertThat(job.getMetadata().getName()).startsWith("millrace-train-card-fraud-drift-");
        assertThat(job.getSpec().getTemplate().getSpec().getContainers().get(0).getImage())
                .isEqualTo("model-image");
        assertThat(job.getMetadata().getOwnerReferences().get(0).getUid())
                .isEqualTo(cronJob.getMetadata().getUid());
    }

    @Test
    void knows_that_the_schedule_trains_already() {
        CronJob cronJob = create("millrace-train-card-fraud", "card-fraud", "model-image");
        assertThat(starter.isTraining("card-fraud")).isFalse();

        cronJob.getStatus().getActive().add(new ObjectReference());
        client.resource(cronJob).inNamespace(NAMESPACE).update();

        assertThat(starter.isTraining("card-fraud")).isTrue();
    }

    @Test
    void says_what_is_missing_where_nothing_trains_the_pipeline() {
        assertThatThrownBy(() -> starter.start("card-fraud", reason -> {}))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("there is no CronJob in namespace fraud")
                .hasMessageContaining("millrace.dev/pipeline=card-fraud");
    }

    private CronJob create(String name, String pipeline, String image) {
        return client.resource(new CronJobBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(
                                Map.of("app.kubernetes.io/component", "training", "millrace.dev/pipeline", pipeline))
                        .endMetadata()
                        .withNewSpec()
                        .withSchedule("0 3 * * 1")
                        .withNewJobTemplate()
                        .withNewSpec()
                        .withNewTemplate()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("training")
                        .withImage(image)
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .endJobTemplate()
                        .endSpec()
                        .withNewStatus()
                        .endStatus()
                        .build())
                .inNamespace(NAMESPACE)
                .create();
    }
}
