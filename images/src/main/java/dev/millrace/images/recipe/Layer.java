package dev.millrace.images.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What changes together: a layer that is as it was is neither built, nor stored, nor sent again.
 *
 * @param name what people call it
 * @param entries what is in it, in the order of their paths
 */
public record Layer(String name, List<Entry> entries) {
    public Layer {
        entries = entries.stream().sorted(Comparator.comparing(Entry::at)).toList();
    }

    /**
     * A file or a folder.
     *
     * @param source where it is on this machine
     * @param at where it will be in the container, from {@code /}
     * @param executable whether it is a program
     * @param owned whether the container's user owns it and may write it; the others it may read
     */
    public record Entry(Path source, String at, boolean executable, boolean owned) {
        /** A file that is read. */
        public static Entry file(Path source, String at) {
            return new Entry(source, at, false, false);
        }
    }

    /** This layer with other sources. */
    Layer with(UnaryOperator<Path> other) {
        return new Layer(
                name,
                entries.stream()
                        .map(entry ->
                                new Entry(other.apply(entry.source()), entry.at(), entry.executable(), entry.owned()))
                        .toList());
    }

    /** The files of a folder and of those below it. */
    public static Layer of(String name, Path folder, String at) throws IOException {
        return of(name, folder, at, file -> true);
    }

    /** Some of the files of a folder and of those below it. */
    public static Layer of(String name, Path folder, String at, Predicate<Path> taken) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.filter(Files::isRegularFile).filter(taken).forEach(file -> {
                String relative = folder.relativize(file).toString().replace('\\', '/');
                entries.add(new Entry(file, at + "/" + relative, Files.isExecutable(file), false));
            });
        }
        return new Layer(name, entries);
    }
}
