package dev.millrace.images.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkBaseTest {
    @TempDir
    Path folder;

    @Test
    void makes_a_base_that_runs_and_has_no_shell() throws Exception {
        Optional<Path> jdk = newestJdk();
        assumeTrue(
                jdk.isPresent() && System.getProperty("os.name").equals("Linux"),
                "skipped: no JDK 25 or newer for Linux in JAVA_HOME or below /usr/lib/jvm");

        BaseImage base = BaseTar.read(JdkBase.make(jdk.get(), folder.resolve("jdk")), folder.resolve("bases"));

        assertThat(base.java()).hasValue("/opt/java/bin/java");
        assertThat(base.javaVersion()).isGreaterThanOrEqualTo(25);
        assertThat(base.files().real("/bin/sh")).isEmpty();
        assertThat(base.files().file("/tmp"))
                .get()
                .satisfies(tmp -> assertThat(tmp).isDirectory());
        Path java = base.files().file("/opt/java/bin/java").orElseThrow();
        Process process = new ProcessBuilder(java.toString(), "-version")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        // What the services' native parts link with must be there, under the names that they ask for.
        try (Stream<Path> files = Files.walk(base.files().folder().resolve("lib"))) {
            List<Path> libraries = files.toList();
            assertThat(libraries.stream().map(file -> file.getFileName().toString()))
                    .contains("libc.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1", "libresolv.so.2");
            assertThat(named(libraries, "libgomp.so.1"))
                    .as("what LightGBM links with, where this machine has it")
                    .isEqualTo(hereBeside("libc.so.6", "libgomp.so.1"));
        }
    }

    @Test
    void says_what_it_expects_where_there_is_no_fitting_jdk() {
        assertThatThrownBy(() -> JdkBase.make(folder, folder))
                .isInstanceOf(BaseException.class)
                .hasMessageMatching(".*(is no JDK; expected a JDK 25 or newer|on Linux only).*");
    }

    private static boolean named(List<Path> files, String name) {
        return files.stream().anyMatch(file -> file.getFileName().toString().equals(name));
    }

    private static boolean hereBeside(String known, String name) {
        return Stream.of("/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib")
                .map(Path::of)
                .filter(folder -> Files.exists(folder.resolve(known)))
                .anyMatch(folder -> Files.exists(folder.resolve(name)));
    }

    private static Optional<Path> newestJdk() throws IOException {
        Stream<Path> named = Stream.of(System.getProperty("java.home"), System.getenv("JAVA_HOME"))
                .filter(home -> home != null && !home.isBlank())
                .map(Path::of);
        Path usual = Path.of("/usr/lib/jvm");
        try (Stream<Path> installed = Files.isDirectory(usual) ? Files.list(usual) : Stream.empty()) {
            return Stream.concat(named, installed)
                    .filter(jdk -> JdkBase.version(jdk) >= 25)
                    .max(Comparator.comparingInt(JdkBase::version));
        }
    }
}
