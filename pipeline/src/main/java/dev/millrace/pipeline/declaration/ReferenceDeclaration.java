package dev.millrace.pipeline.declaration;

/** Where the rows of a lookup are; one key says which kind. */
public sealed interface ReferenceDeclaration {
    /** A file. */
    @Doc(
            "A CSV file with a header row (.csv) or one with a JSON object a line (.ndjson, .jsonl), perhaps gzipped (.gz). It"
                    + " is read again when it changes.")
    record File(
            @Inline
            @Doc(
                    value = "Its path, relative to millrace.references.dir: by default the folder of the pipelines.",
                    example = "zones.csv")
            String path)
            implements ReferenceDeclaration {}

    /** A compacted topic. */
    @Doc(
            "A compacted Kafka topic whose records' keys are the rows' and whose values are JSON objects; a record without a"
                    + " value takes its row away. It is read to its end before the pipeline starts, and followed from then on.")
    record Topic(
            @Inline @Doc(value = "Its name.", example = "zones", pattern = "[a-zA-Z0-9._-]{1,249}")
            String name) implements ReferenceDeclaration {}

    /** The name of the file or topic, as it is declared. */
    default String declaredName() {
        return this instanceof File file ? file.path() : ((Topic) this).name();
    }
}
