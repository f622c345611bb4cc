package dev.millrace.local.stack;

import java.nio.file.Path;
import java.util.Locale;

/** The four services, in the order of the flow. */
public enum Service {
    /** Sources in, raw events out. */
    INGEST(8081, 320),
    /** Raw events in, clean ones out. */
    TRANSFORM(8082, 320),
    /** Clean events in, scored ones out; answers {@code /predict}. */
    MODEL(8083, 384),
    /** Clean or scored events in, rows out. */
    LOAD(8084, 448);

    private final int defaultPort;
    private final int heapMegabytes;

    Service(int defaultPort, int heapMegabytes) {
        this.defaultPort = defaultPort;
        this.heapMegabytes = heapMegabytes;
    }

    /** Its name: lower case, as in {@code --port-ingest}, in logs and in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The port it listens on if nobody says otherwise. */
    public int defaultPort() {
        return defaultPort;
    }

    /** What its heap may grow to; seven JVMs share the machine. */
    int heapMegabytes() {
        return heapMegabytes;
    }

    /** What is run, below the folder of the sources. */
    Path jar(Path home) {
        return home.resolve(label() + "-service/target/quarkus-app/quarkus-run.jar");
    }
}
