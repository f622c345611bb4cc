package dev.millrace.transform.command;

import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.transform.TransformMetrics;
import dev.millrace.transform.topology.SizeLimits;
import dev.millrace.transform.topology.SourceProgress;
import dev.millrace.transform.topology.TransformTopology;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.streams.Topology;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a pipeline's transform is made of. */
@Command(
        name = "explain",
        description = "Show what a pipeline's transform is made of: its steps with keys, topics, stores and fields.",
        sortOptions = false)
final class ExplainCommand implements Callable<Integer> {
    private static final int LARGEST = 1024 * 1024;

    @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline's declaration, a YAML file.")
    private Path declaration;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            defaultValue = "4",
            description =
                    "How many partitions its topics have, millrace.topics.partitions (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(names = "--topology", description = "Kafka Streams' own description of the topology too.")
    private boolean topology;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InvalidDeclarationException {
        Declared declared = Declared.in(declaration);
        Topology built = TransformTopology.of(
                declared.pipeline(),
                declared.pipeline().transform(),
                new TransformMetrics(new SimpleMeterRegistry()).of(declared.pipeline()),
                new SizeLimits(LARGEST, LARGEST),
                partitions,
                Optional.of((topic, partition) -> SourceProgress.UNKNOWN));
        PrintWriter out = spec.commandLine().getOut();
        new Explanation(declared, built.describe(), partitions).lines().forEach(out::println);
        if (topology) {
            out.println();
            out.print(built.describe());
        }
        out.flush();
        return 0;
    }
}
