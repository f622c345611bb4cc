package dev.millrace.service.resource;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * Tells of a resource what {@code kubectl describe} shows below it. All services see the same; an event's name is made
 * of what it says, so that only the first of them makes it.
 */
final class ResourceEvents {
    /** What the API server takes. */
    private static final int MAX_MESSAGE = 1024;

    private final KubernetesClient client;
    private final String service;
    private final String replica;

    ResourceEvents(KubernetesClient client, String service, String replica) {
        this.client = client;
        this.service = service;
        this.replica = replica;
    }

    /** The spec was refused. */
    void refused(Verdict verdict, String mistake) {
        tell(verdict, "Warning", "Refused", mistake);
    }

    /** A spec that had been refused is good now. */
    void accepted(Verdict verdict) {
        tell(verdict, "Normal", "Accepted", "generation " + verdict.generation() + " has no mistake and is taken up");
    }

    private void tell(Verdict verdict, String type, String reason, String message) {
        GenericKubernetesResource resource = verdict.resource();
        String identity = resource.getMetadata().getUid() + verdict.generation() + reason + message;
        String name = verdict.name() + "." + UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Event event = new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(resource.getMetadata().getNamespace())
                .endMetadata()
                .withType(type)
                .withReason(reason)
                .withMessage(shortened(message))
                .withNewInvolvedObject()
                .withApiVersion(resource.getApiVersion())
                .withKind(resource.getKind())
                .withNamespace(resource.getMetadata().getNamespace())
                .withName(verdict.name())
                .withUid(resource.getMetadata().getUid())
                .withResourceVersion(resource.getMetadata().getResourceVersion())
                .endInvolvedObject()
                .withNewSource()
                .withComponent(service)
                .endSource()
                .withReportingComponent("millrace.dev/" + service)
                .withReportingInstance(replica)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .build();
        try {
            client.v1()
                    .events()
                    .inNamespace(resource.getMetadata().getNamespace())
                    .resource(event)
                    .create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    private static String shortened(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
    }
}
