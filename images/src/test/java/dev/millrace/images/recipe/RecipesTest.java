package dev.millrace.images.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.images.TestBase;
import dev.millrace.images.base.BaseImage;
import dev.millrace.images.base.BaseTar;
import dev.millrace.local.stack.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecipesTest {
    private static final Path HOME = Path.of(System.getProperty("millrace.home"));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Service.class)
    void lays_a_service_out_from_what_changes_least_to_what_changes_most(Service service) throws IOException {
        Recipe recipe = service(service);

        List<String> names = recipe.layers().stream().map(Layer::name).toList();
        assertThat(names)
                .containsSubsequence("libraries", "boot", "quarkus", "app")
                .startsWith("libraries");
        assertThat(paths(recipe, "libraries")).noneMatch(path -> path.contains("/dev.millrace."));
        assertThat(paths(recipe, "app"))
                .anyMatch(path -> path.matches("/opt/millrace/app/" + service.label() + "-service-.*\\.jar"))
                .anyMatch(path -> path.startsWith("/opt/millrace/lib/main/dev.millrace.pipeline-"));
        assertThat(recipe.start()).containsExactly("-jar", "/opt/millrace/quarkus-run.jar");
        assertThat(recipe.port()).isEqualTo(service.defaultPort());
        assertThat(recipe.environment()).containsEntry("MILLRACE_LOG_JSON", "true");
    }

    @Test
    void gives_the_model_service_the_examples_model() throws IOException {
        Recipe recipe = service(Service.MODEL);

        assertThat(paths(recipe, "models"))
                .contains(
                        "/opt/millrace/models/card-fraud/aliases.json", "/opt/millrace/models/card-fraud/1/model.onnx");
        assertThat(recipe.environment()).containsEntry("MILLRACE_MODELS_DIR", "/opt/millrace/models");
    }

    @Test
    void gives_kafka_the_broker_and_its_logging_and_nothing_of_the_database() throws IOException {
        Path classPath = HOME.resolve("local/target/millrace.classpath");
        assumeTrue(Files.exists(classPath), "skipped: module local is not packaged");
        Recipe recipe = KafkaRecipe.of(HOME, LocalModule.classPath(HOME), "amd64", folder);

        assertThat(paths(recipe, "libraries"))
                .anyMatch(path -> path.contains("/kafka_2.13-"))
                .contains("/opt/millrace/lib/log4j-slf4j2-impl.jar")
                .noneMatch(path -> path.contains("postgres"));
        assertThat(paths(recipe, "app")).containsExactly("/opt/millrace/app/local.jar");
    }

    @Test
    void gives_postgres_its_programs_and_a_shell_of_its_own_where_the_base_has_none() throws IOException {
        BaseImage base = BaseTar.read(TestBase.saved(folder), folder.resolve("bases"));
        Recipe recipe = PostgresRecipe.of(HOME, base, Files.createDirectories(folder.resolve("work")));

        assertThat(paths(recipe, "postgres"))
                .contains("/opt/postgres/bin/postgres", "/opt/postgres/bin/initdb", "/opt/postgres/bin/pg_ctl")
                .noneMatch(path -> path.endsWith(".a"));
        // The base's /bin is a link: a folder in its place would hide what is there.
        assertThat(paths(recipe, "shell of initdb")).containsExactly("/opt/millrace/sh.options", "/usr/bin/sh");
        assertThat(folder.resolve("work/sh")).hasContent("#!/opt/jdk-25/bin/java @/opt/millrace/sh.options");
    }

    private Recipe service(Service service) throws IOException {
        return ServiceRecipe.of(HOME, service, "quarkus-app", "amd64", folder);
    }

    private static List<String> paths(Recipe recipe, String layer) {
        return recipe.layers().stream()
                .filter(one -> one.name().equals(layer))
                .flatMap(one -> one.entries().stream())
                .map(Layer.Entry::at)
                .collect(Collectors.toList());
    }
}
