package dev.millrace.service.pipelines;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
                Known known = read(file, files.get(file));
                if (known != null) {
                    files.put(file, known);
                }
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
            // Editors and file systems keep files of their own beside the one that is edited: .#name, ._name.
            present.removeIf(file -> file.getFileName().toString().startsWith("."));
        }
        present.sort(null);
        return present;
    }

    /** A file that can not be read is its own mistake, and keeps no other from being read. One that vanished is as it was. */
    private static Known read(Path file, Known last) {
        String name = file.getFileName().toString();
        try {
            String text = Files.readString(file);
            return last != null && text.equals(last.text()) ? last : read(name, text, last);
        } catch (NoSuchFileException e) {
            return last;
        } catch (CharacterCodingException e) {
            return broken(null, last, name + ": the file is not UTF-8");
        } catch (IOException e) {
            return broken(null, last, name + ": the file can not be read: " + e);
        }
    }

    private static Known read(String name, String text, Known last) {
        try {
            return new Known(text, Pipeline.of(DeclarationReader.read(name, text)), null);
        } catch (InvalidDeclarationException e) {
            return broken(text, last, e.getMessage());
        }
    }

    private static Known broken(String text, Known last, String mistake) {
        return new Known(text, last == null ? null : last.pipeline(), mistake);
    }
}
