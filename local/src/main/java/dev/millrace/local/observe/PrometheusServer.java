package dev.millrace.local.observe;

import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.StackException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Prometheus of this machine that watches the services, with Millrace's rules. Not thread-safe. */
public final class PrometheusServer implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(15);

    private final Process process;
    private final URI address;
    private final Path log;

    private PrometheusServer(Process process, URI address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /** Whether there is a Prometheus to start. */
    public static boolean isInstalled() {
        return Programs.find("prometheus").isPresent();
    }

    /**
     * Starts it.
     *
     * @param home the folder of the sources, where the rules are
     * @param folder where its configuration, data and log are kept
     * @param port its port; 0 for any free one
     * @param services the services' addresses
     * @return empty if it is not installed
     * @throws StackException if it does not start
     */
    public static Optional<PrometheusServer> start(Path home, Path folder, int port, Map<Service, URI> services) {
        Optional<Path> program = Programs.find("prometheus");
        if (program.isEmpty()) {
            return Optional.empty();
        }
        URI address = URI.create("http://localhost:" + FreePort.orAny(port));
        Path log = folder.resolve("prometheus.log");
        try {
            Files.createDirectories(folder);
            Path configuration = folder.resolve("prometheus.yml");
            Files.writeString(configuration, configuration(home, services));
            List<String> command = List.of(
                    program.get().toString(),
                    "--config.file=" + configuration,
                    "--storage.tsdb.path=" + folder.resolve("prometheus"),
                    "--storage.tsdb.retention.time=7d",
                    "--web.listen-address=127.0.0.1:" + address.getPort(),
                    "--log.level=warn");
            Process process = new Launch(command, Map.of(), log).start();
            if (!Answer.within(STARTS_WITHIN, address.resolve("/-/ready"), process)) {
                Stop.now(process.toHandle());
                throw new StackException("prometheus does not start; its log is " + log);
            }
            return Optional.of(new PrometheusServer(process, address, log));
        } catch (IOException e) {
            throw new StackException(folder + " can not be written: " + e.getMessage(), e);
        }
    }

    private static String configuration(Path home, Map<Service, URI> services) {
        StringBuilder yaml = new StringBuilder("""
                # Written anew at each start.
                global: { scrape_interval: 5s, scrape_timeout: 4s, evaluation_interval: 15s }
                rule_files: ["%s"]
                scrape_configs:
                """.formatted(home.resolve("grafana/rules/millrace.rules.yaml")));
        for (Service service : Service.values()) {
            URI address = services.get(service);
            yaml.append("""
                      - job_name: millrace-%s
                        metrics_path: /q/metrics
                        static_configs: [{ targets: ["%s:%d"] }]
                    """.formatted(service.label(), address.getHost(), address.getPort()));
        }
        return yaml.toString();
    }

    /** Where it answers. */
    public URI address() {
        return address;
    }

    /** Its log. */
    public Path log() {
        return log;
    }

    /** Its process. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public void close() {
        Stop.inOrder(process.toHandle(), STOPS_WITHIN);
    }
}
