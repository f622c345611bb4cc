package dev.millrace.model;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** The broker of all tests of this module, started when first asked for and ended with the JVM. */
public final class Broker {
    // A system property, because Quarkus loads this class a second time in a class loader of its own.
    private static final String ADDRESS = "millrace.test.broker";

    static {
        // On a machine that does much else, ten seconds may pass before a broker answers.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private Broker() {}

    /** Where clients connect. */
    public static synchronized String bootstrapServers() {
        String address = System.getProperty(ADDRESS);
        if (address == null) {
            address = start().bootstrapServers();
            System.setProperty(ADDRESS, address);
        }
        return address;
    }

    private static KafkaBroker start() {
        try {
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "broker");
            KafkaBroker broker = KafkaBroker.start(folder, 0, Life.SHORT);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                broker.kill();
                Folders.delete(folder);
            }));
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
