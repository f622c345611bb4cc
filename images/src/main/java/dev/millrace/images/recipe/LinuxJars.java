package dev.millrace.images.recipe;

import dev.millrace.images.base.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Jars without the native libraries of platforms that the image is not for: RocksDB, ONNX Runtime and the Kafka codecs bring
 * those of all systems, some 80 MB. Whatever else is in them stays as it is, byte for byte. Images are for Linux with the GNU C
 * library.
 */
final class LinuxJars {
    private static final Pattern NATIVE = Pattern.compile(".*(\\.(so|dll|dylib|jnilib|a)|\\.dSYM/.*)");
    private static final String OTHER_SYSTEMS = "win(32|64|dows)?|osx|mac|darwin|freebsd|sunos|aix|android";
    private static final String RARE_PROCESSORS =
            "armv?\\d?|ppc\\w*|s390x|riscv64|mips64|loongarch64|i386|x86|sparc|32|linux32|musl";

    private final Path work;
    private final Predicate<String> foreign;

    /**
     * For that processor.
     *
     * @param architecture as images name it
     * @param work the folder for what is made
     */
    LinuxJars(String architecture, Path work) {
        this.work = work;
        String otherOfTheUsual = architecture.equals("arm64") ? "amd64|x86_64|x64|linux64" : "arm64|aarch64";
        Pattern part = Pattern.compile(
                "(?i)(^|[/.-])(" + OTHER_SYSTEMS + "|" + RARE_PROCESSORS + "|" + otherOfTheUsual + ")([/.-].*|$)");
        this.foreign =
                name -> NATIVE.matcher(name).matches() && part.matcher(name).find();
    }

    /** Whether an entry of a jar is a native library for another platform. */
    boolean isForeign(String entry) {
        return foreign.test(entry);
    }

    /** The jar itself, or one of the same name without what is not for this platform. */
    Path of(Path jar) {
        try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
            boolean fits = true;
            for (var entries = zip.getEntries(); entries.hasMoreElements(); ) {
                fits &= !isForeign(entries.nextElement().getName());
            }
            if (fits) {
                return jar;
            }
            Path made = work.resolve(Sha256.of(jar)).resolve(jar.getFileName());
            if (!Files.exists(made)) {
                Files.createDirectories(made.getParent());
                Path draft = made.resolveSibling(made.getFileName() + ".part");
                try (ZipArchiveOutputStream target = new ZipArchiveOutputStream(draft)) {
                    zip.copyRawEntries(target, (ZipArchiveEntry entry) -> !isForeign(entry.getName()));
                }
                Files.move(draft, made, StandardCopyOption.REPLACE_EXISTING);
            }
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(jar + " can not be read", e);
        }
    }
}
