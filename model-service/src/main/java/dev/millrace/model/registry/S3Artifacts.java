package dev.millrace.model.registry;

import java.io.IOException;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Bytes in objects of a bucket, named by their checksums. It needs leave to get and to put objects below its prefix,
 * and to do nothing else.
 */
final class S3Artifacts implements ArtifactStore {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int EXISTS = 412;

    private final S3Address address;
    private final S3Storage storage;

    S3Artifacts(S3Address address, S3Storage storage) {
        this.address = address;
        this.storage = storage;
    }

    @Override
    public void keep(String sha256, byte[] onnx) throws IOException {
        String key = key(sha256);
        if (!isThere(key, onnx.length)) {
            put(key, onnx);
        }
    }

    private boolean isThere(String key, int length) throws IOException {
        try {
            long there = storage.call(s3 ->
                            s3.headObject(head -> head.bucket(address.bucket()).key(key)))
                    .contentLength();
            if (there != length) {
                throw new IOException("object " + key + " of bucket " + address.bucket() + " has " + there
                        + " bytes, not " + length + ": it was not written by this registry, and has to be taken away");
            }
            return true;
        } catch (S3Exception e) {
            // 403 too is said of what is not there, to those who may not list the bucket.
            if (e.statusCode() == NOT_FOUND || e.statusCode() == FORBIDDEN) {
                return false;
            }
            throw away("look for", key, e);
        } catch (SdkException e) {
            throw away("look for", key, e);
        }
    }

    private void put(String key, byte[] onnx) {
        try {
            // What another replica wrote meanwhile stays. Servers that do not know the condition write the same bytes
            // again.
            storage.call(s3 -> s3.putObject(
                    put -> put.bucket(address.bucket())
                            .key(key)
                            .contentType("application/octet-stream")
                            .ifNoneMatch("*"),
                    RequestBody.fromBytes(onnx)));
        } catch (S3Exception e) {
            if (e.statusCode() != EXISTS) {
                throw away("write", key, e);
            }
        } catch (SdkException e) {
            throw away("write", key, e);
        }
    }

    @Override
    public byte[] read(String sha256) throws IOException {
        String key = key(sha256);
        try {
            return storage.call(s3 -> s3.getObjectAsBytes(
                            get -> get.bucket(address.bucket()).key(key)))
                    .asByteArrayUnsafe();
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND && !S3Storage.code(e).equals(Optional.of("NoSuchBucket"))) {
                throw new IOException("bucket " + address.bucket() + " has no object " + key, e);
            }
            throw away("read", key, e);
        } catch (SdkException e) {
            throw away("read", key, e);
        }
    }

    @Override
    public String location() {
        return address.toString();
    }

    private RegistryAwayException away(String what, String key, SdkException e) {
        return new RegistryAwayException(
                "could not " + what + " object " + key + " of bucket " + address.bucket() + ": " + storage.why(e), e);
    }

    private String key(String sha256) {
        return address.key(sha256 + ".onnx");
    }
}
