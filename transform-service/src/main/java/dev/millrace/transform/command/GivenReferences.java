package dev.millrace.transform.command;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.ReferenceDeclaration;
import dev.millrace.pipeline.declaration.SourceDeclaration.FileFormat;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.transform.Reference;
import dev.millrace.pipeline.transform.ReferenceShape;
import dev.millrace.service.reference.ReferenceFile;
import dev.millrace.service.reference.UnreadableReferenceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The references of a pipeline that is tried: files beside its declaration, or those that were given.
 *
 * @param declaration the file of the declaration
 * @param given files by the names of the references whose rows they hold
 */
record GivenReferences(Path declaration, Map<String, Path> given) {
    /**
     * Reads what the pipeline's lookups need.
     *
     * @throws IllegalArgumentException if something is missing, is not needed, or can not be used
     */
    Function<ReferenceShape, Reference> of(Pipeline pipeline) throws IOException {
        Map<ReferenceShape, Reference> references = new HashMap<>();
        for (ReferenceShape shape : pipeline.transform().references()) {
            Map<String, Row> rows = read(shape);
            references.put(shape, key -> Optional.ofNullable(rows.get(key)));
        }
        for (String name : given.keySet()) {
            if (references.keySet().stream()
                    .noneMatch(shape -> shape.from().declaredName().equals(name))) {
                throw new IllegalArgumentException("no lookup of the pipeline has a reference '" + name
                        + "'; those that there are: "
                        + references.keySet().stream()
                                .map(shape -> shape.from().declaredName())
                                .distinct()
                                .sorted()
                                .toList());
            }
        }
        return references::get;
    }

    private Map<String, Row> read(ReferenceShape shape) throws IOException {
        Path file = file(shape);
        try {
            return ReferenceFile.read(
                    file, FileFormat.ofName(file.toString()).orElse(FileFormat.CSV), shape, Integer.MAX_VALUE);
        } catch (UnreadableReferenceException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private Path file(ReferenceShape shape) {
        String name = shape.from().declaredName();
        Path own = given.get(name);
        if (own != null) {
            return own;
        }
        if (shape.from() instanceof ReferenceDeclaration.Topic) {
            throw new IllegalArgumentException("the rows of the topic '" + name + "' are not known here: --reference "
                    + name + "=FILE names a CSV or NDJSON file that has them, with the records' keys as '"
                    + shape.key().name() + "'");
        }
        return declaration.toAbsolutePath().resolveSibling(name);
    }
}
