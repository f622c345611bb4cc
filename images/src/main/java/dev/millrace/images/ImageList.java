package dev.millrace.images;

import dev.millrace.images.archive.BuiltImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The file {@code images.txt} beside the images: one line an image, its name, digest, bytes and file. */
final class ImageList {
    private static final String HEADER = "# image digest bytes file";

    private ImageList() {}

    /** Writes it; images that were built before and are still there keep their lines. */
    static void write(Path folder, List<BuiltImage> built) throws IOException {
        Path file = folder.resolve("images.txt");
        SortedMap<String, String> lines = new TreeMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ");
                if (words.length == 4 && !line.startsWith("#") && Files.exists(folder.resolve(words[3]))) {
                    lines.put(words[3], line);
                }
            }
        }
        for (BuiltImage image : built) {
            String tar = image.tar().getFileName().toString();
            lines.put(tar, image.name() + " " + image.digest() + " " + image.bytes() + " " + tar);
        }
        Files.writeString(file, HEADER + "\n" + String.join("\n", lines.values()) + "\n");
    }
}
