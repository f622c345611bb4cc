package dev.millrace.local.tryout;

import dev.millrace.local.broker.BrokerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import kafka.Kafka;

/**
 * One Kafka broker in the foreground, for trying out: a single node without replication, encryption or passwords. What it
 * holds is in {@code MILLRACE_STATE_DIR} and is there again after a restart; SIGTERM ends it in order.
 */
public final class KafkaMain {
    private static final Duration RETENTION = Duration.ofDays(7);

    private KafkaMain() {}

    /** Serves until it is asked to end. */
    public static void main(String[] arguments) throws IOException {
        // Read by Log4j when the first class that logs is loaded.
        System.setProperty("log4j2.configurationFile", "dev/millrace/local/tryout/log4j2.properties");
        Map<String, String> environment = System.getenv();
        Path folder = Files.createDirectories(
                Path.of(Setting.MILLRACE_STATE_DIR.in(environment)).resolve("kafka"));
        BrokerSettings settings = new BrokerSettings(
                folder.resolve("data"),
                "0.0.0.0",
                Setting.MILLRACE_ADVERTISED_HOST.in(environment),
                Setting.MILLRACE_KAFKA_PORT.portIn(environment),
                Setting.MILLRACE_KAFKA_CONTROLLER_PORT.portIn(environment),
                Optional.of(RETENTION));
        settings.format();
        Path properties = Files.writeString(folder.resolve("server.properties"), settings.properties());
        Kafka.main(new String[] {properties.toString()});
    }
}
