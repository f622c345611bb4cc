package dev.millrace.service.pipelines;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The pipelines that a folder's files declare. A file that can not be read keeps the pipeline it declared last, so that
 * a mistake in an edit stops nothing. Confined to the thread that polls.
 */
@Singleton
final class PipelineFolder implements PipelineSource {
    private record Known(String text, Pipeline pipeline, String mistake) {}

    private final Path folder;
    private final Map<Path, Known> files = new TreeMap<>();

    @Inject
    PipelineFolder(PipelinesConfig config) {
        this(config.dir());
    }

    PipelineFolder(Path folder) {
        this.folder = folder;
    }

    @Override
    public SourceKind kind() {
        return SourceKind.FOLDER;
    }

    @Override
    public String description() {
        return folder.toAbsolutePath().toString();
    }

    /** Reads the files that are new or changed since the last scan. */
    @Override
    public Scan scan() {
        Map<String, String> mistakes = new TreeMap<>();
        try {
            List<Path> present = list();
            files.keySet().retainAll(present);
            for (Path file : present) {
                files.put(file, read(file, Files.readString(file), files.get(file)));
            }
        } catch (IOException e) {
            mistakes.put(folder.toString(), "the folder of the pipelines can not be read: " + e);
        }
        Map<String, Pipeline> pipelines = new TreeMap<>();
        files.forEach((file, known) -> {
            String name = file.getFileName().toString();
            if (known.mistake() != null) {
                mistakes.put(name, known.mistake());
            }
            if (known.pipeline() != null
                    && pipelines.putIfAbsent(known.pipeline().name(), known.pipeline()) != null) {
                mistakes.put(name, name + ": a pipeline '" + known.pipeline().name() + "' is declared in another file");
            }
        });
        return new Scan(pipelines, mistakes, true, Optional.empty());
    }

    private List<Path> list() throws IOException {
        List<Path> present = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "*.{yaml,yml}")) {
                stream.forEach(present::add);
            }
        }
        present.sort(null);
        return present;
    }

    private static Known read(Path file, String text, Known last) {
        if (last != null && last.text().equals(text)) {
            return last;
        }
        try {
            Pipeline pipeline =
                    Pipeline.of(DeclarationReader.read(file.getFileName().toString(), text));
            return new Known(text, pipeline, null);
        } catch (InvalidDeclarationException e) {
            return new Known(text, last == null ? null : last.pipeline(), e.getMessage());
        }
    }
}
