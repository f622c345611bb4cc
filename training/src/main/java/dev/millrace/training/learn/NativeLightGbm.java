package dev.millrace.training.learn;

import io.github.metarank.lightgbm4j.LGBMBooster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads LightGBM's native library from a folder of this process's own. By itself lightgbm4j unpacks it under one name in the
 * folder of temporary files, so that a second training on the machine would overwrite what the first has mapped, which ends
 * that one with SIGBUS.
 */
final class NativeLightGbm {
    private static final String TEMPORARY = "java.io.tmpdir";
    private static boolean loaded;

    private NativeLightGbm() {}

    static synchronized void load() {
        if (loaded) {
            return;
        }
        String before = System.getProperty(TEMPORARY);
        try {
            Path own = Files.createTempDirectory("millrace-lightgbm");
            own.toFile().deleteOnExit();
            System.setProperty(TEMPORARY, own.toString());
            LGBMBooster.loadNative();
            loaded = true;
        } catch (IOException e) {
            throw new UncheckedIOException("LightGBM's library can not be unpacked into " + before, e);
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalStateException(
                    "LightGBM's library does not load: " + e.getMessage()
                            + ". It needs libgomp.so.1, which Debian and Ubuntu have in the package libgomp1; kinds:"
                            + " [logistic_regression] learns without it",
                    e);
        } finally {
            System.setProperty(TEMPORARY, before);
        }
    }
}
