package dev.millrace.ingest;

import dev.millrace.local.broker.KafkaBroker;
import dev.millrace.local.process.Life;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The machine's broker, found by its process id: whoever started it, in whatever class loader, another can kill it.
 */
public final class Broker {
    private final Path folder;

    Broker(Path machine) {
        this.folder = machine.resolve("broker");
    }

    /** The broker of the service under test. */
    public static Broker ofTheMachine() {
        return new Broker(Path.of(setting("machine.folder")));
    }

    public static String bootstrapServers() {
        return setting("kafka.bootstrap.servers");
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() {
        Stop.now(process());
    }

    /** Starts it again on the same port and data. */
    public void startAgain() {
        String port = bootstrapServers().substring(bootstrapServers().indexOf(':') + 1);
        KafkaBroker.start(folder, Integer.parseInt(port), Life.SHORT);
    }

    /** Lets it neither answer nor end, until {@link #thaw()}. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    void stop() {
        ProcessHandle.of(pid()).ifPresent(Stop::now);
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private ProcessHandle process() {
        return ProcessHandle.of(pid()).orElseThrow();
    }

    private long pid() {
        try {
            return Long.parseLong(
                    Files.readString(folder.resolve("broker.pid")).strip().split(" ")[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String setting(String name) {
        return ConfigProvider.getConfig().getValue(name, String.class);
    }
}
