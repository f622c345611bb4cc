package dev.millrace.images.archive;

import java.nio.file.Path;

/**
 * An image that was built.
 *
 * @param name its name
 * @param digest the digest of its manifest, {@code sha256:…}: what a cluster shows as the image's id
 * @param tar its file
 * @param bytes how large the file is: about what has to be sent to a node that has nothing of it
 */
public record BuiltImage(ImageName name, String digest, Path tar, long bytes) {}
