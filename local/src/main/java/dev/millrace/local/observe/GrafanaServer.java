package dev.millrace.local.observe;

import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import dev.millrace.local.stack.StackException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A Grafana, of this machine or in Docker, with a Prometheus as its data source and Millrace's dashboards. Everybody on
 * this machine may look, nobody has to log in. Not thread-safe.
 */
final class GrafanaServer implements AutoCloseable {
    /** Old enough for schema version 39 to be its own. */
    private static final String IMAGE = "grafana/grafana:11.6.0";

    private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(15);

    private final Process process;
    private final URI address;
    private final Path log;

    private GrafanaServer(Process process, URI address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param home the folder of the sources, where the dashboards are
     * @param folder where its configuration, data and log are kept
     * @param port its port; 0 for any free one
     * @param prometheus its data source
     * @return empty if there is neither a Grafana nor Docker
     * @throws StackException if it does not start
     */
    static Optional<GrafanaServer> start(Path home, Path folder, int port, URI prometheus) {
        Optional<Path> program = Programs.find("grafana").or(() -> Programs.find("grafana-server"));
        Optional<Path> docker = program.isPresent() ? Optional.empty() : Programs.docker();
        if (program.isEmpty() && docker.isEmpty()) {
            return Optional.empty();
        }
        URI address = URI.create("http://localhost:" + FreePort.orAny(port));
        Path own = folder.resolve("grafana");
        Path dashboards = home.resolve("grafana/dashboards");
        try {
            Path provisioning = own.resolve("provisioning");
            boolean inLinuxDocker = docker.isPresent() && isLinux();
            boolean inOtherDocker = docker.isPresent() && !isLinux();
            provision(
                    provisioning,
                    inOtherDocker ? "http://host.docker.internal:" + prometheus.getPort() : prometheus.toString(),
                    docker.isPresent() ? "/etc/millrace/dashboards" : dashboards.toString());
            Map<String, String> settings = settings(address, docker.isPresent());
            Launch launch;
            if (program.isPresent()) {
                settings.put("GF_PATHS_DATA", own.resolve("data").toString());
                settings.put("GF_PATHS_LOGS", own.resolve("logs").toString());
                settings.put("GF_PATHS_PROVISIONING", provisioning.toString());
                launch = new Launch(command(program.get()), settings, folder.resolve("grafana.log"));
            } else {
                List<String> command = new ArrayList<>(List.of(docker.get().toString(), "run", "--rm"));
                command.addAll(
                        inLinuxDocker
                                ? List.of("--network", "host")
                                : List.of("-p", "127.0.0.1:" + address.getPort() + ":" + address.getPort()));
                command.addAll(List.of("-v", provisioning + ":/etc/grafana/provisioning:ro"));
                command.addAll(List.of("-v", dashboards + ":/etc/millrace/dashboards:ro"));
                settings.forEach((name, value) -> command.addAll(List.of("-e", name + "=" + value)));
                command.add(IMAGE);
                launch = new Launch(command, Map.of(), folder.resolve("grafana.log"));
            }
            Process process = launch.start();
            if (!Answer.within(STARTS_WITHIN, address.resolve("/api/health"), process)) {
                Stop.now(process.toHandle());
                throw new StackException("grafana does not start; its log is " + launch.log());
            }
            return Optional.of(new GrafanaServer(process, address, launch.log()));
        } catch (IOException e) {
            throw new StackException(folder + " can not be written: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> settings(URI address, boolean inDocker) {
        Map<String, String> settings = new HashMap<>();
        settings.put("GF_SERVER_HTTP_ADDR", inDocker && !isLinux() ? "0.0.0.0" : "127.0.0.1");
        settings.put("GF_SERVER_HTTP_PORT", Integer.toString(address.getPort()));
        settings.put("GF_AUTH_ANONYMOUS_ENABLED", "true");
        settings.put("GF_AUTH_ANONYMOUS_ORG_ROLE", "Viewer");
        settings.put("GF_AUTH_DISABLE_LOGIN_FORM", "true");
        settings.put("GF_ANALYTICS_REPORTING_ENABLED", "false");
        settings.put("GF_ANALYTICS_CHECK_FOR_UPDATES", "false");
        settings.put("GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false");
        settings.put("GF_PLUGINS_PREINSTALL_DISABLED", "true");
        return settings;
    }

    private static List<String> command(Path program) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        if (program.getFileName().toString().equals("grafana")) {
            command.add("server");
        }
        homePath(program).ifPresent(home -> command.add("--homepath=" + home));
        return command;
    }

    /** Where its own pages are: beside the program in an archive, elsewhere in a system's package. */
    private static Optional<Path> homePath(Path program) {
        Stream<Path> candidates = Stream.of(Path.of("/usr/share/grafana"));
        try {
            Path archive = program.toRealPath().getParent().getParent();
            candidates = Stream.of(archive, archive.resolve("share/grafana"), Path.of("/usr/share/grafana"));
        } catch (IOException gone) {
            // Only the system's place is left.
        }
        return candidates
                .filter(candidate -> Files.exists(candidate.resolve("conf/defaults.ini")))
                .findFirst();
    }

    private static void provision(Path folder, String prometheus, String dashboards) throws IOException {
        Files.createDirectories(folder.resolve("datasources"));
        Files.createDirectories(folder.resolve("dashboards"));
        Files.writeString(folder.resolve("datasources/millrace.yaml"), """
                apiVersion: 1
                datasources:
                  - name: Prometheus
                    uid: millrace-prometheus
                    type: prometheus
                    access: proxy
                    url: %s
                    isDefault: true
                    jsonData: { timeInterval: 5s, httpMethod: POST }
                """.formatted(prometheus));
        Files.writeString(folder.resolve("dashboards/millrace.yaml"), """
                apiVersion: 1
                providers:
                  - name: Millrace
                    folder: Millrace
                    type: file
                    allowUiUpdates: false
                    options: { path: "%s" }
                """.formatted(dashboards));
    }

    private static boolean isLinux() {
        return System.getProperty("os.name").startsWith("Linux");
    }

    URI address() {
        return address;
    }

    Path log() {
        return log;
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public void close() {
        Stop.inOrder(process.toHandle(), STOPS_WITHIN);
    }
}
