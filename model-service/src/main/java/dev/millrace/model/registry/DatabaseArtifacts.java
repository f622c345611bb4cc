package dev.millrace.model.registry;

import java.io.IOException;

/** Bytes in the database of the registry: every replica reaches them, and one backup has all of it. */
final class DatabaseArtifacts implements ArtifactStore {
    static final String LOCATION = "database";

    @Override
    public void keep(String sha256, byte[] onnx) {
        if (ArtifactEntry.findById(sha256) == null) {
            ArtifactEntry entry = new ArtifactEntry();
            entry.sha256 = sha256;
            entry.onnx = onnx;
            entry.persist();
        }
    }

    @Override
    public byte[] read(String sha256) throws IOException {
        ArtifactEntry entry = ArtifactEntry.findById(sha256);
        if (entry == null) {
            throw new IOException("the registry's database has no artifact " + sha256);
        }
        return entry.onnx;
    }

    @Override
    public String location() {
        return LOCATION;
    }

    @Override
    public boolean isInDatabase() {
        return true;
    }
}
