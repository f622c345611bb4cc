package dev.millrace.local.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreePortTest {
    /** Systems draw ports at random: among 2,000 of some 28,000 some would come twice. */
    @Test
    void gives_another_port_each_time_though_nothing_listens_yet() {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            assertThat(ports.add(FreePort.any())).as("port %d", i).isTrue();
        }
    }
}
