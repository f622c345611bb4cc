package dev.millrace.local.observe;

import dev.millrace.local.port.FreePort;
import dev.millrace.local.stack.Service;
import dev.millrace.local.stack.Stack;
import dev.millrace.local.stack.StackSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stack that is watched by what of Prometheus and Grafana this machine has. Not thread-safe. */
public final class Observation implements AutoCloseable {
    private static final int PROMETHEUS_PORT = 9090;
    private static final int GRAFANA_PORT = 3000;

    private final Optional<PrometheusServer> prometheus;
    private final Optional<GrafanaServer> grafana;
    private final Map<Service, URI> services;

    private Observation(
            Optional<PrometheusServer> prometheus, Optional<GrafanaServer> grafana, Map<Service, URI> services) {
        this.prometheus = prometheus;
        this.grafana = grafana;
        this.services = services;
    }

    /** Starts what there is, on its usual port where that is free. */
    public static Observation start(Stack stack, StackSettings settings) {
        Map<Service, URI> services = new EnumMap<>(Service.class);
        for (Service service : Service.values()) {
            services.put(service, stack.address(service));
        }
        var folder = settings.state().resolve("observe");
        Optional<PrometheusServer> prometheus =
                PrometheusServer.start(settings.home(), folder, port(PROMETHEUS_PORT), services);
        prometheus.ifPresent(
                server -> stack.accompany("prometheus", server.address().toString(), server.log(), server.process()));
        try {
            Optional<GrafanaServer> grafana = prometheus.flatMap(
                    server -> GrafanaServer.start(settings.home(), folder, port(GRAFANA_PORT), server.address()));
            grafana.ifPresent(
                    server -> stack.accompany("grafana", server.address().toString(), server.log(), server.process()));
            return new Observation(prometheus, grafana, services);
        } catch (RuntimeException e) {
            prometheus.ifPresent(PrometheusServer::close);
            throw e;
        }
    }

    private static int port(int usual) {
        return FreePort.isTaken(usual) ? 0 : usual;
    }

    /** Where to look, and what is missing. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (prometheus.isPresent()) {
            URI address = prometheus.get().address();
            lines.add("  prometheus  " + address + "  (alerts: " + address + "/alerts)");
        } else {
            lines.add("  prometheus  is not on the PATH ('apt-get install prometheus', 'brew install prometheus',"
                    + " https://prometheus.io/download). The metrics themselves: "
                    + services.get(Service.INGEST) + "/q/metrics and so on");
        }
        if (grafana.isPresent()) {
            lines.add("  grafana     " + grafana.get().address() + "/d/millrace-overview");
        } else if (prometheus.isPresent()) {
            lines.add("  grafana     is neither on the PATH nor is Docker there to run it. Any Grafana can show"
                    + " grafana/dashboards/*.json with the Prometheus above as its data source");
        } else {
            lines.add("  grafana     is not started, since it would have nothing to ask");
        }
        return lines;
    }

    @Override
    public void close() {
        grafana.ifPresent(GrafanaServer::close);
        prometheus.ifPresent(PrometheusServer::close);
    }
}
