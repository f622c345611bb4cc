package dev.millrace.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same sources give the same jars, byte by byte, wherever and whenever they are built by the same JDK. */
@Tag("long")
class ReproducibleJarsIT {
    private static final List<String> MODULES =
            List.of("pipeline", "simulator", "service", "ingest-service", "transform-service", "load-service");

    @Test
    void another_folder_at_another_time_gives_the_same_jars(@TempDir Path first, @TempDir Path folder)
            throws Exception {
        Path second = Files.createDirectories(folder.resolve("deeper/and deeper"));
        for (Path copy : List.of(first, second)) {
            copySources(copy);
            build(copy);
        }

        for (String module : MODULES) {
            String jar = module + "/target/" + module + "-0.1.0-SNAPSHOT.jar";
            assertThat(second.resolve(jar)).hasSameBinaryContentAs(first.resolve(jar));
        }
    }

    private static void copySources(Path folder) throws IOException {
        Path home = Stacks.home();
        copy(home.resolve("mvnw"), folder);
        copy(home.resolve("pom.xml"), folder);
        copyTree(home, home.resolve(".mvn"), folder);
        try (Stream<Path> modules = Files.list(home)) {
            for (Path pom : modules.map(module -> module.resolve("pom.xml"))
                    .filter(Files::exists)
                    .toList()) {
                copy(pom, Files.createDirectories(folder.resolve(home.relativize(pom.getParent()))));
            }
        }
        for (String module : MODULES) {
            copyTree(home, home.resolve(module).resolve("src/main"), folder);
        }
    }

    private static void build(Path folder) throws Exception {
        ProcessBuilder maven = new ProcessBuilder(
                        "./mvnw",
                        "-o",
                        "-q",
                        "-B",
                        "-Pquick",
                        "-Dquarkus.build.skip=true",
                        "-pl",
                        String.join(",", MODULES),
                        "package")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("build.log").toFile());
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process build = maven.start();
        assertThat(build.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(build.exitValue())
                .as(Files.readString(folder.resolve("build.log")))
                .isZero();
    }

    private static void copyTree(Path home, Path tree, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                copy(file, Files.createDirectories(folder.resolve(home.relativize(file.getParent()))));
            }
        }
    }

    private static void copy(Path file, Path folder) throws IOException {
        Files.copy(file, folder.resolve(file.getFileName()));
    }
}
