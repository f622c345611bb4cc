package dev.millrace.images.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinuxJarsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "librocksdbjni-linux64.so",
                "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
                "linux/amd64/libzstd-jni-1.5.6-10.so",
                "org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so",
                "net/jpountz/util/linux/amd64/liblz4-java.so",
                "lib/linux-x86_64/libbrotli.so",
                "com/example/windows/Frame.class",
                "META-INF/mac/aarch64.properties",
                "native/libwithoutplatform.so"
            })
    void keeps_what_linux_on_amd64_can_use(String entry) {
        assertThat(new LinuxJars("amd64", folder).isForeign(entry)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "librocksdbjni-linux64-musl.so",
                "librocksdbjni-linux32.so",
                "librocksdbjni-linux-aarch64.so",
                "librocksdbjni-linux-ppc64le-musl.so",
                "librocksdbjni-win64.dll",
                "librocksdbjni-osx-x86_64.jnilib",
                "ai/onnxruntime/native/win-x64/onnxruntime.dll",
                "ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib.dSYM/Contents/Resources/DWARF/libonnxruntime.dylib",
                "linux/arm/libzstd-jni-1.5.6-10.so",
                "freebsd/amd64/libzstd-jni-1.5.6-10.so",
                "org/xerial/snappy/native/Linux/x86/libsnappyjava.so",
                "org/xerial/snappy/native/Linux/x86_64-musl/libsnappyjava.so",
                "org/xerial/snappy/native/Linux/armv7/libsnappyjava.so",
                "org/xerial/snappy/native/AIX/ppc64/libsnappyjava.a"
            })
    void leaves_out_what_it_can_not(String entry) {
        assertThat(new LinuxJars("amd64", folder).isForeign(entry)).isTrue();
    }

    @Test
    void keeps_the_other_processor_for_its_own_images() {
        LinuxJars arm = new LinuxJars("arm64", folder);

        assertThat(arm.isForeign("librocksdbjni-linux-aarch64.so")).isFalse();
        assertThat(arm.isForeign("librocksdbjni-linux64.so")).isTrue();
    }

    @Test
    void gives_a_jar_without_natives_as_it_is_and_another_under_its_own_name() throws IOException {
        Path plain = jar("plain.jar", List.of("a/B.class"));
        Path mixed = jar("mixed.jar", List.of("a/B.class", "win64/x.dll", "linux64/x.so"));
        LinuxJars jars = new LinuxJars("amd64", folder.resolve("work"));

        assertThat(jars.of(plain)).isEqualTo(plain);
        Path made = jars.of(mixed);
        assertThat(made.getFileName()).hasToString("mixed.jar");
        try (ZipFile zip = new ZipFile(made.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactly("a/B.class", "linux64/x.so");
            assertThat(zip.getInputStream(zip.getEntry("linux64/x.so")).readAllBytes())
                    .asString()
                    .isEqualTo("linux64/x.so");
        }
    }

    private Path jar(String name, List<String> entries) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(entry.getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }
}
