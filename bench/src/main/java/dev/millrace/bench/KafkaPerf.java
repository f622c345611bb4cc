package dev.millrace.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** The reference: Kafka's own {@code kafka-producer-perf-test} and {@code kafka-consumer-perf-test}, as processes. */
final class KafkaPerf {
    private static final String TOPIC = "bench-reference";
    private static final Pattern RECORDS_PER_SECOND = Pattern.compile("([0-9.]+) records/sec");

    private final String bootstrapServers;

    KafkaPerf(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    void createTopic(int partitions) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the topic " + TOPIC + " can not be made", e.getCause());
        }
    }

    Rate produce(long records, int size) throws IOException, InterruptedException {
        String output = run(
                "org.apache.kafka.tools.ProducerPerformance",
                "--topic",
                TOPIC,
                "--num-records",
                Long.toString(records),
                "--record-size",
                Integer.toString(size),
                "--throughput",
                "-1",
                "--producer-props",
                "bootstrap.servers=" + bootstrapServers,
                "acks=all",
                "linger.ms=5",
                "batch.size=131072");
        Matcher matcher = RECORDS_PER_SECOND.matcher(output);
        double perSecond = 0;
        while (matcher.find()) {
            perSecond = Double.parseDouble(matcher.group(1));
        }
        return rate(records, perSecond, output);
    }

    Rate consume(long records) throws IOException, InterruptedException {
        String output = run(
                "org.apache.kafka.tools.ConsumerPerformance",
                "--topic",
                TOPIC,
                "--messages",
                Long.toString(records),
                "--bootstrap-server",
                bootstrapServers,
                "--hide-header",
                "--timeout",
                "30000");
        // start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, …
        String[] cells = output.lines()
                .filter(line -> line.split(",").length > 5)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new IllegalStateException("no figures in: " + output))
                .split(",");
        return rate(records, Double.parseDouble(cells[5].strip()), output);
    }

    private static Rate rate(long records, double perSecond, String output) {
        if (!(perSecond > 0)) {
            throw new IllegalStateException("no figures in: " + output);
        }
        return new Rate(records, records / perSecond);
    }

    private static String run(String main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java", "-Xmx512m", "-Dslf4j.internal.verbosity=ERROR", main));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(main + " failed: " + output);
        }
        return output;
    }
}
