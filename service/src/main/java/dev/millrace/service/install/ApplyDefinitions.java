package dev.millrace.service.install;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings the CustomResourceDefinitions of a folder to the API server before an upgrade, by server-side apply: Helm itself
 * installs them once and never touches them again. Ends with 1 and a sentence if the API server refuses.
 */
public final class ApplyDefinitions {
    /** Helm's own: under another name, Helm 4 refuses to install again where a definition was upgraded before. */
    private static final String MANAGER = "helm";

    private ApplyDefinitions() {}

    /** Applies the definitions in the folder that is the only argument. */
    public static void main(String[] arguments) throws IOException {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            apply(client, Path.of(arguments[0]));
        } catch (RuntimeException e) {
            System.err.println("the definitions could not be applied: " + e.getMessage());
            System.exit(1);
        }
    }

    static void apply(KubernetesClient client, Path folder) throws IOException {
        for (Path file : filesIn(folder)) {
            applyFile(client, file);
        }
    }

    private static void applyFile(KubernetesClient client, Path file) throws IOException {
        try (InputStream yaml = Files.newInputStream(file)) {
            for (HasMetadata object : client.load(yaml).items()) {
                if (!(object instanceof CustomResourceDefinition definition)) {
                    throw new IllegalArgumentException(file + " holds a " + object.getKind());
                }
                client.resource(definition).patch(asWritten());
                System.out.println("applied " + object.getMetadata().getName());
            }
        }
    }

    /** By force: whoever applied it before, the chart's definition is what its services understand. */
    private static PatchContext asWritten() {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(MANAGER)
                .withForce(true)
                .build();
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.yaml")) {
            found.forEach(files::add);
        }
        files.sort(null);
        return files;
    }
}
