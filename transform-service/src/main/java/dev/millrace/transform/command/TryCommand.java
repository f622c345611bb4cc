package dev.millrace.transform.command;

import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.declaration.StepDeclaration;
import dev.millrace.pipeline.transform.Transform;
import dev.millrace.service.file.FileRecord;
import dev.millrace.service.file.UnreadableFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes a file's events through a pipeline's transform and shows what comes of each. */
@Command(
        name = "try",
        description = {
            "Run a file's events through a pipeline's transform, without a broker, and show what came of each.",
            "The topology is the service's own; nothing is kept."
        },
        sortOptions = false)
final class TryCommand implements Callable<Integer> {
    /** What is shown of records. */
    enum Only {
        REJECTED,
        CLEAN,
        LEFT_OUT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        boolean shows(Trial trial) {
            return switch (this) {
                case REJECTED -> trial.ending() instanceof Trial.Rejected;
                case CLEAN -> trial.ending() instanceof Trial.Clean;
                case LEFT_OUT -> trial.ending() instanceof Trial.LeftOut;
            };
        }
    }

    @Parameters(index = "0", paramLabel = "PIPELINE", description = "The pipeline's declaration, a YAML file.")
    private Path declaration;

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "Events as CSV or NDJSON, perhaps gzipped; - is standard input.")
    private String events;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "csv or ndjson (default: what the file's ending or first character says).")
    private FileFormat format;

    @Option(
            names = "--labels",
            paramLabel = "NAME=FILE",
            description = "Labels of that name, CSV or NDJSON; they are known before the first event.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--reference",
            paramLabel = "NAME=FILE",
            description = "The rows of a lookup's topic, or other rows for a lookup's file, CSV or NDJSON.")
    private Map<String, Path> references = new LinkedHashMap<>();

    @Option(
            names = "--secrets",
            paramLabel = "DIR",
            description = "Folder with the secrets that tokens are made with (default: made-up secrets).")
    private Path secrets;

    @Option(names = "--only", paramLabel = "WHAT", description = "Show only those: ${COMPLETION-CANDIDATES}.")
    private Only only;

    @Option(names = "--limit", paramLabel = "N", description = "Show no more than N; all are summed up.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--json", description = "A JSON object a line, the summary last.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    private boolean help;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InvalidDeclarationException, UnreadableFileException {
        Declared declared = Declared.in(declaration);
        PrintWriter out = spec.commandLine().getOut();
        Transform readied = declared.pipeline()
                .transform()
                .with(this::secret)
                .lookingUpIn(new GivenReferences(declaration, references).of(declared.pipeline()));
        Report report = json ? new JsonReport(declared, out) : new TextReport(declared, out);
        Tally tally = new Tally(declared);
        try (Rehearsal rehearsal = new Rehearsal(declared.pipeline(), events, readied)) {
            for (Map.Entry<String, String> file : labels.entrySet()) {
                label(declared, rehearsal, file.getKey(), file.getValue());
            }
            long[] shown = {0};
            new InputFile(events, Optional.ofNullable(format))
                    .read(declared.pipeline().eventReader().schema(), record -> {
                        Trial trial = rehearsal.play(record);
                        tally.count(trial);
                        if ((only == null || only.shows(trial)) && shown[0] < limit) {
                            shown[0]++;
                            report.tell(trial);
                        }
                        return true;
                    });
        } finally {
            report.sumUp(tally);
            out.flush();
        }
        if (secrets == null && declared.steps().stream().anyMatch(StepDeclaration.Tokenize.class::isInstance)) {
            spec.commandLine().getErr().println("tokens are by made-up secrets; --secrets DIR takes the real ones");
        }
        return 0;
    }

    private void label(Declared declared, Rehearsal rehearsal, String name, String file)
            throws IOException, UnreadableFileException {
        if (!declared.countedLabels().contains(name)) {
            throw new IllegalArgumentException("no window of the pipeline counts labels '" + name
                    + "'; those that are counted: " + declared.countedLabels());
        }
        LabelReader reader = new LabelReader(declared.pipeline());
        new InputFile(file, Optional.empty()).read(reader.schema(), record -> {
            Optional<LabelReader.Label> label =
                    record instanceof FileRecord.Readable readable ? reader.read(readable.json()) : Optional.empty();
            label.ifPresentOrElse(
                    known -> rehearsal.label(name, known.id(), known.json()),
                    () -> spec.commandLine().getErr().println(file + ": " + record.where() + ": no label"));
            return true;
        });
    }

    private byte[] secret(String name) {
        if (secrets == null) {
            return ("a secret made up for trying: " + name).getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Files.readAllBytes(secrets.resolve(name));
        } catch (IOException e) {
            throw new IllegalArgumentException("the secret '" + name + "' can not be read from " + secrets, e);
        }
    }
}
