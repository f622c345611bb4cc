package dev.millrace.ingest.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.StartupEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerNameTest {
    private final List<String> asked = new ArrayList<>();

    @Test
    void waits_until_one_of_the_names_is_known() throws InterruptedException {
        List<String> servers = List.of("one.kafka:9092", " two.kafka:9092");

        new BrokerName(servers, host -> asksFor(host) && host.equals("two.kafka") && asked.size() > 3)
                .await(new StartupEvent());

        assertThat(asked).containsExactly("one.kafka", "two.kafka", "one.kafka", "two.kafka");
    }

    @Test
    void leaves_what_is_no_address_to_the_client() throws InterruptedException {
        new BrokerName(List.of("9092"), this::asksFor).await(new StartupEvent());

        assertThat(asked).isEmpty();
    }

    private boolean asksFor(String host) {
        return asked.add(host);
    }
}
