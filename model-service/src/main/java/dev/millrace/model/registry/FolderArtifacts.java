package dev.millrace.model.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Bytes in files of a folder that every replica has to see: one machine's, or a shared disk. */
final class FolderArtifacts implements ArtifactStore {
    private final Path folder;

    FolderArtifacts(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    @Override
    public void keep(String sha256, byte[] onnx) throws IOException {
        Path file = file(sha256);
        if (Files.exists(file)) {
            return;
        }
        Files.createDirectories(folder);
        // Under a name of its own first: another replica may write the same, and nobody must read half of it.
        Path draft = Files.createTempFile(folder, sha256, ".draft");
        try {
            Files.write(draft, onnx);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    @Override
    public byte[] read(String sha256) throws IOException {
        return Files.readAllBytes(file(sha256));
    }

    @Override
    public String location() {
        return folder.toUri().toString();
    }

    private Path file(String sha256) {
        return folder.resolve(sha256 + ".onnx");
    }
}
