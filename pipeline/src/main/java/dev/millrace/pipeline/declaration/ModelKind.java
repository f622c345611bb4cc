package dev.millrace.pipeline.declaration;

/** What kind of model can be trained. */
public enum ModelKind {
    @Doc("A weighted sum of the features: the quickest, and the easiest to explain.")
    LOGISTIC_REGRESSION,
    @Doc("The mean of many deep trees, each of a part of the rows. Large: exact reasons of a row take milliseconds.")
    RANDOM_FOREST,
    @Doc("A sum of many shallow trees, each mending what those before left over. Small and quick.")
    BOOSTED_TREES
}
