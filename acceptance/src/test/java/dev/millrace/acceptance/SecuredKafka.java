package dev.millrace.acceptance;

import dev.millrace.local.broker.BrokerClassPath;
import dev.millrace.local.port.FreePort;
import dev.millrace.local.process.Launch;
import dev.millrace.local.process.Stop;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A broker that speaks TLS, asks who is there (SCRAM-SHA-512), and lets its one user do only what it was granted. The test
 * itself comes in by a listener that asks nothing.
 */
final class SecuredKafka implements AutoCloseable {
    private static final String USER = "millrace";
    private static final String PASSWORD = "secret-of-a-test";
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);

    private final Path folder;
    private final int port = FreePort.any();
    private final int open = FreePort.any();
    private final Process process;

    SecuredKafka(Path folder) throws Exception {
        this.folder = folder;
        Files.createDirectories(folder);
        makeCertificate();
        format();
        Path properties = Files.writeString(folder.resolve("server.properties"), properties(FreePort.any()));
        this.process = new Launch(
                        List.of(
                                Launch.java(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "kafka.Kafka",
                                properties.toString()),
                        Map.of("CLASSPATH", BrokerClassPath.in(folder)),
                        folder.resolve("broker.out"))
                .start();
    }

    /** What a service's environment says of it, as the chart's production values do. */
    Map<String, String> environment() {
        return Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                "localhost:" + port,
                "KAFKA_SECURITY_PROTOCOL",
                "SASL_SSL",
                "KAFKA_SASL_MECHANISM",
                "SCRAM-SHA-512",
                "KAFKA_SASL_JAAS_CONFIG",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                        + PASSWORD + "\";",
                "KAFKA_SSL_TRUSTSTORE_TYPE",
                "PEM",
                "KAFKA_SSL_TRUSTSTORE_LOCATION",
                folder.resolve("ca.crt").toString());
    }

    /** Grants that on what begins with a name; of the cluster, whatever the name. */
    void grant(ResourceType type, String name, List<AclOperation> operations) throws Exception {
        ResourcePattern pattern = type == ResourceType.CLUSTER
                ? new ResourcePattern(type, Resource.CLUSTER_NAME, PatternType.LITERAL)
                : new ResourcePattern(type, name, PatternType.PREFIXED);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:" + open))) {
            admin.createAcls(operations.stream()
                            .map(operation -> new AclBinding(
                                    pattern,
                                    new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW)))
                            .toList())
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private void makeCertificate() throws IOException, InterruptedException {
        keytool(
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2");
        keytool(
                "-exportcert",
                "-alias",
                "broker",
                "-rfc",
                "-file",
                folder.resolve("ca.crt").toString());
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of(
                "-keystore", folder.resolve("broker.p12").toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.out").toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed; see " + folder.resolve("keytool.out"));
        }
    }

    private void format() throws Exception {
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(silent)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setDirectories(List.of(data()))
                    .setMetadataLogDirectory(data())
                    .setControllerListenerName("CONTROLLER")
                    .setScramArguments(List.of("SCRAM-SHA-512=[name=" + USER + ",password=" + PASSWORD + "]"))
                    .run();
        }
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private String properties(int controller) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@localhost:%3$d
                listeners=SECURED://localhost:%1$d,OPEN://localhost:%2$d,CONTROLLER://localhost:%3$d
                controller.listener.names=CONTROLLER
                inter.broker.listener.name=OPEN
                listener.security.protocol.map=SECURED:SASL_SSL,OPEN:PLAINTEXT,CONTROLLER:PLAINTEXT
                sasl.enabled.mechanisms=SCRAM-SHA-512
                listener.name.secured.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
                ssl.keystore.type=PKCS12
                ssl.keystore.location=%4$s
                ssl.keystore.password=%5$s
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:ANONYMOUS
                log.dirs=%6$s
                auto.create.topics.enable=false
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=4
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                """.formatted(port, open, controller, folder.resolve("broker.p12"), PASSWORD, data());
    }

    @Override
    public void close() {
        Stop.inOrder(process.toHandle(), STOPS_WITHIN);
    }
}
