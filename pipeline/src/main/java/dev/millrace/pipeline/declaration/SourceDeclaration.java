package dev.millrace.pipeline.declaration;

import java.util.Optional;

/** Where events come from; one key says which kind. */
public sealed interface SourceDeclaration {
    /** Events posted to {@code /pipelines/{p}/events} and files posted to {@code /pipelines/{p}/files}. */
    @Doc("Events over HTTP: POST /pipelines/{pipeline}/events and POST /pipelines/{pipeline}/files.")
    record Http() implements SourceDeclaration {}

    /** Files in a folder that is watched. */
    @Doc("Files in a watched folder. Each is read once; one that grows is read on from where it ended.")
    record File(
            @Doc(
                    value = "A path or glob, relative to the data folder of the ingest service.",
                    example = "data/*.csv.gz")
            String path,

            @Doc(value = "How the files are written. Default: what the file's ending says.", example = "csv")
            Optional<FileFormat> format,

            @Doc(
                    value = "The labels, from spec.labels, that the files hold in place of events.",
                    example = "chargebacks")
            Optional<String> labels)
            implements SourceDeclaration {}

    /** How a file's records are written. */
    enum FileFormat {
        @Doc("Comma-separated values with a header row (RFC 4180).")
        CSV,
        @Doc("One JSON object a line.")
        NDJSON;

        /** The format that a file's ending says, a closing {@code .gz} left aside. */
        public static Optional<FileFormat> ofName(String name) {
            String bare = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
            if (bare.endsWith(".csv")) {
                return Optional.of(CSV);
            }
            return bare.endsWith(".ndjson") || bare.endsWith(".jsonl") ? Optional.of(NDJSON) : Optional.empty();
        }
    }
}
