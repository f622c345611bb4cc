package dev.millrace.service.resource;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.PipelineDeclaration;
import dev.millrace.service.cluster.Cluster;
import dev.millrace.service.pipelines.PipelineSource;
import dev.millrace.service.pipelines.SourceKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * The pipelines that a namespace's resources declare. An informer keeps a copy of the resources and watches it; this
 * class reads the copy. Whatever happens to the API server, what is known goes on, and the informer tries again for
 * ever. Resources are read without a Java class of their own: none can be so odd that it blocks the others.
 */
@ApplicationScoped
public class PipelineResources implements PipelineSource {
    /** Where the API server keeps pipelines. */
    static final ResourceDefinitionContext KIND = new ResourceDefinitionContext.Builder()
            .withGroup(PipelineDeclaration.API_VERSION.split("/")[0])
            .withVersion(PipelineDeclaration.API_VERSION.split("/")[1])
            .withKind(PipelineDeclaration.KIND)
            .withPlural("pipelines")
            .withNamespaced(true)
            .build();

    private static final Logger LOG = Logger.getLogger(PipelineResources.class);

    /** A watch is closed and taken up again as a matter of course; this is no news. */
    private static final Duration NEWS_AFTER = Duration.ofSeconds(10);

    private static final Duration FIRST_ANSWER_WITHIN = Duration.ofSeconds(2);

    private final Cluster cluster;
    private final Map<String, Verdict> verdicts = new TreeMap<>();
    private volatile List<Verdict> seen = List.of();
    private volatile String failure = "";
    private volatile SharedIndexInformer<GenericKubernetesResource> informer;
    private boolean synced;
    private Instant watchedLast = Instant.now();

    PipelineResources(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public SourceKind kind() {
        return SourceKind.KUBERNETES;
    }

    @Override
    public String description() {
        return "the resources " + KIND.getPlural() + "." + KIND.getGroup() + " of namespace " + cluster.namespace();
    }

    @Override
    public void begin() {
        watchedLast = Instant.now();
        informer = inform();
    }

    @Override
    public Scan scan() {
        if (informer.stopped().toCompletableFuture().isDone()) {
            LOG.warn("the watch of the pipelines ended; beginning another");
            informer = inform();
        }
        // One that just begins is empty; what the last one knew goes on.
        if (informer.hasSynced()) {
            synced = true;
            judge(informer.getStore().list());
        }
        Map<String, Pipeline> pipelines = new TreeMap<>();
        Map<String, String> mistakes = new TreeMap<>();
        verdicts.forEach((name, verdict) -> {
            verdict.good().ifPresent(good -> pipelines.put(name, good.pipeline()));
            verdict.mistake().ifPresent(mistake -> mistakes.put("pipelines/" + name, mistake));
        });
        return new Scan(pipelines, mistakes, synced, remark());
    }

    @Override
    public void end() {
        informer.stop();
    }

    /** What each resource declares, as of the last scan. From any thread. */
    Collection<Verdict> verdicts() {
        return seen;
    }

    private void judge(List<GenericKubernetesResource> resources) {
        verdicts.keySet()
                .retainAll(resources.stream()
                        .map(resource -> resource.getMetadata().getName())
                        .toList());
        for (GenericKubernetesResource resource : resources) {
            String name = resource.getMetadata().getName();
            verdicts.put(name, Declarations.judge(resource, Optional.ofNullable(verdicts.get(name))));
        }
        seen = List.copyOf(verdicts.values());
    }

    private Optional<String> remark() {
        Instant now = Instant.now();
        if (!synced) {
            return watchedLast.plus(FIRST_ANSWER_WITHIN).isBefore(now)
                    ? Optional.of("the API server has not told the pipelines yet " + failure)
                    : Optional.empty();
        }
        if (informer.isWatching()) {
            watchedLast = now;
        }
        return watchedLast.plus(NEWS_AFTER).isBefore(now)
                ? Optional.of("the API server does not answer since " + watchedLast.truncatedTo(ChronoUnit.SECONDS)
                        + "; what was known then goes on " + failure)
                : Optional.empty();
    }

    private SharedIndexInformer<GenericKubernetesResource> inform() {
        SharedIndexInformer<GenericKubernetesResource> begun = cluster.client()
                .genericKubernetesResources(KIND)
                .inNamespace(cluster.namespace())
                .runnableInformer(0);
        begun.exceptionHandler((started, cause) -> tryAgain(cause));
        begun.start();
        return begun;
    }

    private boolean tryAgain(Throwable cause) {
        String now = "(" + cause.getMessage() + ")";
        if (!now.equals(failure)) {
            LOG.warnf("the API server can not be watched, trying again for ever: %s", cause.getMessage());
        }
        failure = now;
        return true;
    }
}
