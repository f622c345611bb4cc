package dev.millrace.local.declaration;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells the author of pipelines what is wrong with a file as soon as it is there, in the words of the services, which say
 * it only in their logs and health. Confined to one thread.
 */
public final class DeclarationFolder {
    private final Path folder;
    private final Map<Path, Seen> files = new TreeMap<>();

    private boolean saidEmpty;

    private record Seen(FileTime changed, String mistakes) {}

    /** The files {@code *.yaml} and {@code *.yml} of that folder. */
    public DeclarationFolder(Path folder) {
        this.folder = folder;
    }

    /** What there is to say of the files that are new or changed since the last time, or of their absence; mostly nothing. */
    public List<String> news() {
        List<String> news = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "[!.]*.{yaml,yml}")) {
            List<Path> present = new ArrayList<>();
            found.forEach(present::add);
            files.keySet().retainAll(present);
            for (Path file : present) {
                look(file, news);
            }
            if (present.isEmpty() && !saidEmpty) {
                news.add("no pipelines yet: there is no .yaml file in " + folder
                        + "; folders in it are not looked into. One that is put there is taken up at once");
            }
            saidEmpty = present.isEmpty();
        } catch (IOException e) {
            // The services say so too, and a folder that is gone for a moment is no news.
            return news;
        }
        return news;
    }

    private void look(Path file, List<String> news) throws IOException {
        FileTime changed = Files.getLastModifiedTime(file);
        Seen before = files.get(file);
        if (before != null && before.changed().equals(changed)) {
            return;
        }
        String mistakes = mistakes(file);
        files.put(file, new Seen(changed, mistakes));
        boolean wasWrong = before != null && !before.mistakes().isEmpty();
        if (!mistakes.isEmpty() && (before == null || !before.mistakes().equals(mistakes))) {
            news.add(mistakes);
        } else if (mistakes.isEmpty() && wasWrong) {
            news.add(file.getFileName() + ": in order now");
        }
    }

    private static String mistakes(Path file) {
        String name = file.getFileName().toString();
        try {
            Pipeline.of(DeclarationReader.read(name, Files.readString(file)));
            return "";
        } catch (InvalidDeclarationException e) {
            return e.getMessage();
        } catch (IOException e) {
            return name + ": the file can not be read: " + e;
        }
    }
}
