package dev.millrace.model.retraining;

import dev.millrace.service.cluster.Cluster;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes a Job of the CronJob that trains the pipeline, as {@code kubectl create job --from=cronjob/…} does. A Job that fails
 * is Kubernetes' to say.
 */
final class CronJobStarter implements Starter {
    /** By which labels the CronJob of a pipeline is found. */
    private static final Map<String, String> TRAINING = Map.of("app.kubernetes.io/component", "training");

    private static final String PIPELINE = "millrace.dev/pipeline";
    /** A Job's name is part of its pods' names, which have 63 characters. */
    private static final int LONGEST = 50;

    private final Cluster cluster;

    CronJobStarter(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public boolean isTraining(String pipeline) {
        try {
            return find(pipeline).stream()
                    .anyMatch(cronJob -> cronJob.getStatus() != null
                            && cronJob.getStatus().getActive() != null
                            && !cronJob.getStatus().getActive().isEmpty());
        } catch (KubernetesClientException e) {
            // Whether it can be started will be seen.
            return false;
        }
    }

    @Override
    public String start(String pipeline, Consumer<String> failed) throws StartException {
        try {
            CronJob cronJob = find(pipeline).stream()
                    .findFirst()
                    .orElseThrow(() -> new StartException("there is no CronJob in namespace " + cluster.namespace()
                            + " with the labels app.kubernetes.io/component=training and " + PIPELINE + "=" + pipeline
                            + "; the chart makes one for each of training.pipelines"));
            Job job = cluster.client()
                    .batch()
                    .v1()
                    .jobs()
                    .inNamespace(cluster.namespace())
                    .resource(of(cronJob))
                    .create();
            return "Job " + job.getMetadata().getName();
        } catch (KubernetesClientException e) {
            throw new StartException("the cluster's API server does not make the Job: " + e.getMessage(), e);
        }
    }

    private List<CronJob> find(String pipeline) {
        return cluster.client()
                .batch()
                .v1()
                .cronjobs()
                .inNamespace(cluster.namespace())
                .withLabels(TRAINING)
                .withLabel(PIPELINE, pipeline)
                .list()
                .getItems();
    }

    private static Job of(CronJob cronJob) {
        String name = cronJob.getMetadata().getName();
        ObjectMeta template = cronJob.getSpec().getJobTemplate().getMetadata();
        return new JobBuilder()
                .withNewMetadata()
                .withGenerateName(name.substring(0, Math.min(LONGEST, name.length())) + "-drift-")
                .withLabels(template == null ? null : template.getLabels())
                .withAnnotations(Map.of("cronjob.kubernetes.io/instantiate", "manual"))
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion("batch/v1")
                        .withKind("CronJob")
                        .withName(name)
                        .withUid(cronJob.getMetadata().getUid())
                        .withController(true)
                        .build())
                .endMetadata()
                .withSpec(cronJob.getSpec().getJobTemplate().getSpec())
                .build();
    }
}
