package dev.millrace.training.sample;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.SinkDeclaration;
import dev.millrace.pipeline.declaration.SinkDeclaration.Dimension;
import dev.millrace.training.TrainingException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where the clean fields of a pipeline stand in its star schema, in SQL: in the fact table, or in the dimension that has them. */
public final class StarColumns {
    private static final String DIMENSION = "dim_";

    private final String schema;
    private final SinkDeclaration.Postgres star;
    private final Map<String, String> aliases = new LinkedHashMap<>();

    /**
     * The columns of a pipeline's tables.
     *
     * @throws TrainingException if it has no postgres sink
     */
    public StarColumns(Pipeline pipeline, String schema) {
        this.schema = schema;
        this.star = pipeline.declaration().spec().sinks().stream()
                .filter(SinkDeclaration.Postgres.class::isInstance)
                .map(SinkDeclaration.Postgres.class::cast)
                .findFirst()
                .orElseThrow(() -> new TrainingException(
                        "pipeline " + pipeline.name() + " has no postgres sink: there are no facts to learn from"));
        star.dimensions().keySet().forEach(name -> aliases.put(name, "d" + aliases.size()));
    }

    /** The column of a field. */
    public String of(String field) {
        for (Map.Entry<String, Dimension> dimension : star.dimensions().entrySet()) {
            if (dimension.getValue().key().equals(field)
                    || dimension.getValue().attributes().contains(field)) {
                return aliases.get(dimension.getKey()) + "." + quote(field);
            }
        }
        return "f." + quote(field);
    }

    /** The tables, joined. */
    public String from() {
        StringBuilder from =
                new StringBuilder(quote(schema) + "." + quote(star.fact().table()) + " f");
        aliases.forEach((name, alias) -> {
            String surrogate = quote((name.startsWith(DIMENSION) ? name.substring(DIMENSION.length()) : name) + "_key");
            from.append(" LEFT JOIN ")
                    .append(quote(schema))
                    .append('.')
                    .append(quote(name))
                    .append(' ')
                    .append(alias)
                    .append(" ON ")
                    .append(alias)
                    .append('.')
                    .append(surrogate)
                    .append(" = f.")
                    .append(surrogate);
        });
        return from.toString();
    }

    private static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
