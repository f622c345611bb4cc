package dev.millrace.model.registry;

import java.io.IOException;

/**
 * Where the bytes of registered versions are kept, by their checksum. What is kept never changes, so that one who keeps
 * the same bytes twice does nothing. Thread-safe.
 */
sealed interface ArtifactStore permits DatabaseArtifacts, FolderArtifacts, S3Artifacts {
    /**
     * Keeps the bytes.
     *
     * @throws RegistryAwayException if where they go to can not be reached now
     */
    void keep(String sha256, byte[] onnx) throws IOException;

    /**
     * The bytes; the caller looks at their checksum.
     *
     * @throws IOException if they are not there
     * @throws RegistryAwayException if where they are can not be reached now
     */
    byte[] read(String sha256) throws IOException;

    /** Where they are, as it is written down with each version. */
    String location();

    /** Whether that is the database itself, so that reading and keeping need its transaction. Elsewhere nobody waits for them in one. */
    default boolean isInDatabase() {
        return false;
    }
}
