package dev.millrace.service.reference;

import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.declaration.DeclarationReader;
import dev.millrace.pipeline.declaration.InvalidDeclarationException;
import dev.millrace.pipeline.transform.ReferenceShape;

/** What a declared lookup of zones needs: an integer key, a city and a toll. */
final class Shapes {
    private Shapes() {}

    static ReferenceShape zones(String from, String key) {
        try {
            return Pipeline.of(
                            DeclarationReader.read("trips.yaml", """
                            apiVersion: millrace.dev/v1alpha1
                            kind: Pipeline
                            metadata: { name: trips }
                            spec:
                              event: { time: at, fields: { at: { type: timestamp, required: true }, zone: { type: integer } } }
                              transform:
                                - lookup:
                                    from: { %s }
                                    by: zone%s
                                    add: { city: { type: string, from: city_name }, toll: { type: decimal } }
                              sinks: [{ postgres: { fact: { table: fact_trip } } }]
                            """.formatted(from, key.replace(", ", "\n        "))))
                    .transform()
                    .references()
                    .get(0);
        } catch (InvalidDeclarationException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
