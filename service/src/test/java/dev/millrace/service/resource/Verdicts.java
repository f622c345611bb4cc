package dev.millrace.service.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;

/** What resources declare, without a server. */
final class Verdicts {
    private static final KubernetesSerialization KUBERNETES = new KubernetesSerialization();

    private Verdicts() {}

    static Verdict of(String yaml) {
        return Declarations.judge(KUBERNETES.unmarshal(yaml, GenericKubernetesResource.class), Optional.empty());
    }
}
