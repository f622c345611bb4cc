package dev.millrace.model.registry;

import java.io.IOException;

/**
 * Where the bytes of registered versions are kept, by their checksum. What is kept never changes, so that one who keeps
 * the same bytes twice does nothing. Thread-safe.
 */
sealed interface ArtifactStore permits DatabaseArtifacts, FolderArtifacts {
    /** Keeps the bytes, within the transaction at hand where there is one. */
    void keep(String sha256, byte[] onnx) throws IOException;

    /** The bytes; the caller looks at their checksum. */
    byte[] read(String sha256) throws IOException;

    /** Where they are, as it is written down with each version. */
    String location();
}
