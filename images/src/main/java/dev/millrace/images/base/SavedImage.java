package dev.millrace.images.base;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes an image in the form that {@code docker save} gives. */
final class SavedImage {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SavedImage() {}

    static void write(Path tar, byte[] config, List<Path> layers) throws IOException {
        try (SteadyTar out = new SteadyTar(tar)) {
            List<String> names = new ArrayList<>();
            for (Path layer : layers) {
                String name = "layer" + names.size() + ".tar";
                out.file(name, layer, false);
                names.add(name);
            }
            out.file("config.json", config);
            out.file(
                    "manifest.json",
                    JSON.writeValueAsBytes(List.of(new TreeMap<>(Map.of("Config", "config.json", "Layers", names)))));
        }
    }
}
