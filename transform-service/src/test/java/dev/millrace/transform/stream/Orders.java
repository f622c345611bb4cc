package dev.millrace.transform.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A small pipeline for tests: orders with an amount, of which those without a positive amount are rejected.
 *
 * @param name the pipeline's name
 */
record Orders(String name) {
    String raw() {
        return "millrace." + name + ".raw";
    }

    String clean() {
        return "millrace." + name + ".clean";
    }

    String rejected() {
        return "millrace." + name + ".rejected";
    }

    /** Declares it in that folder, with a derived field {@code version}; declaring it again is an edit of its file. */
    void declareIn(Path folder, int version) {
        declareIn(folder, version, "");
    }

    /** Declares it with a window and a lookup as well, so that every meter is there. */
    void declareWithWindowAndLookupIn(Path folder) throws IOException {
        Files.writeString(folder.resolve("shops.csv"), "shop,city\ns,Ghent\n");
        declareIn(folder, 1, """
                    - window: { by: shop, over: [1h], compute: { orders: "count()" } }
                    - lookup: { from: { file: shops.csv }, by: shop, add: { city: { type: string } } }
                """);
    }

    private void declareIn(Path folder, int version, String steps) {
        String declaration = """
                apiVersion: millrace.dev/v1alpha1
                kind: Pipeline
                metadata: { name: %s }
                spec:
                  event:
                    id: order_id
                    key: shop
                    time: at
                    fields:
                      order_id: { type: string, required: true }
                      at:       { type: timestamp, required: true }
                      shop:     { type: string }
                      amount:   { type: decimal, required: true }
                      note:     { type: string }
                  quality:
                    - { name: positive, check: "amount > 0", otherwise: reject }
                    - { name: plausible, check: "amount < 1000", otherwise: flag }
                  transform:
                    - derive: { version: "%d" }
                %s""".formatted(name, version, steps);
        try {
            // Moved into place, so that the folder's watcher never reads half a file.
            Path written = Files.writeString(folder.resolve(name + ".written"), declaration);
            Files.move(written, folder.resolve(name + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void deleteFrom(Path folder) {
        try {
            Files.delete(folder.resolve(name + ".yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An order as it stands in {@code raw}. */
    static byte[] order(String id, String amount) {
        return order(id, amount, "");
    }

    static byte[] order(String id, String amount, String note) {
        String json =
                "{\"order_id\":\"%s\",\"at\":\"2026-01-02T03:04:05Z\",\"shop\":\"s\",\"amount\":%s,\"note\":\"%s\"}"
                        .formatted(id, amount, note);
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** The ids {@code prefix-<first>} up to and without {@code prefix-<end>}. */
    static List<String> ids(String prefix, int first, int end) {
        return IntStream.range(first, end).mapToObj(i -> prefix + "-" + i).toList();
    }
}
