package dev.millrace.training.recommend.onnx;

import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Ease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * EASE as files: {@code model.onnx}, and {@code items.json} with what its numbers mean, which is in the former's metadata as
 * well.
 *
 * @param ease what is written
 * @param histories what it was learned from
 */
public record Export(Ease ease, Histories histories) {
    /** Writes both files into a folder. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        String items =
                ItemsNote.of(ease.text(), ease.fading().power(), histories).json();
        Files.write(folder.resolve("model.onnx"), ItemWeightsOnnx.write(ease.weights(), items));
        Files.writeString(folder.resolve("items.json"), items + "\n");
    }
}
