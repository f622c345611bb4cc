package dev.millrace.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.local.port.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTest {
    private static final StackSettings SETTINGS = StackSettings.of(Path.of("."), Path.of("state"));

    @Test
    void names_each_port_that_is_taken_with_who_wants_it_and_the_option_that_changes_it() throws IOException {
        int free = FreePort.any();
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket second = new ServerSocket(0)) {
            StackSettings settings = SETTINGS.withPorts(
                    first.getLocalPort(),
                    0,
                    Map.of(
                            Service.INGEST,
                            second.getLocalPort(),
                            Service.TRANSFORM,
                            0,
                            Service.MODEL,
                            free,
                            Service.LOAD,
                            free));

            assertThatThrownBy(() -> Ports.of(settings))
                    .isInstanceOf(StackException.class)
                    .hasMessageContainingAll(
                            "port " + first.getLocalPort() + " for kafka is taken by another program",
                            "--kafka-port",
                            "port " + second.getLocalPort() + " for ingest is taken by another program",
                            "--port-ingest",
                            "port " + free + " is wanted by model and by load",
                            "--port-load");
        }
    }

    @Test
    void gives_free_ports_for_those_that_may_be_any() {
        Ports ports = Ports.of(SETTINGS.withFreePorts());

        assertThat(ports.kafka()).isPositive();
        assertThat(ports.services()).hasSize(4).doesNotContainValue(0);
    }
}
