package dev.millrace.training.recommend.onnx;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.training.recommend.history.Histories;
import dev.millrace.training.recommend.learn.Ease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * EASE as files: {@code model.onnx}, and {@code items.json} with what its numbers mean: the items' names in the order of their
 * numbers, how many users chose each (for those of whom nothing is known), and how a history fades.
 *
 * @param ease what is written
 * @param histories what it was learned from
 */
public record Export(Ease ease, Histories histories) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Writes both files into a folder. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("model.onnx"), ItemWeightsOnnx.write(ease.weights()));
        ObjectNode description = JSON.createObjectNode()
                .put("kind", "ease")
                .put("regularization", ease.regularization())
                .put("fading", ease.fading().power());
        ArrayNode items = description.putArray("items");
        ArrayNode counts = description.putArray("counts");
        int[] chosen = histories.counts();
        for (int item = 0; item < chosen.length; item++) {
            items.add(histories.item(item));
            counts.add(chosen[item]);
        }
        Files.writeString(folder.resolve("items.json"), JSON.writeValueAsString(description) + "\n");
    }
}
