package dev.millrace.training.sample;

import dev.millrace.model.feature.Feature;
import dev.millrace.model.feature.FeatureReader;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** Makes samples of a pipeline's clean rows, by the code that reads features where they are served. */
public final class SampleReader {
    private final Pipeline pipeline;
    private final FeatureReader reader;
    private final int[] ordinals;
    private final Optional<String> stake;
    private final float[] values;

    /**
     * @param pipeline the pipeline
     * @param features names of its clean fields
     * @param stake the clean field that says what is at stake with an event; 1 for each without
     * @throws IllegalArgumentException if a feature is no field of it, or none that a number can be made of
     */
    public SampleReader(Pipeline pipeline, List<String> features, Optional<String> stake) {
        Schema clean = pipeline.transform().cleanSchema();
        this.pipeline = pipeline;
        this.reader = FeatureReader.of(
                clean, features.stream().map(name -> new Feature(name, 0)).toList());
        this.ordinals = features.stream().mapToInt(clean::ordinal).toArray();
        this.stake = stake;
        this.values = new float[features.size()];
    }

    /** Adds a clean row to the samples. */
    public void read(Row clean, String id, boolean positive, Samples samples) {
        reader.read(clean, values, 0);
        for (int i = 0; i < ordinals.length; i++) {
            if (clean.get(ordinals[i]) == null) {
                values[i] = Float.NaN;
            }
        }
        int day =
                (int) pipeline.time(clean).atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
        double worth = stake.map(clean::get)
                .map(value -> ((Number) value).doubleValue())
                .orElse(1.0);
        samples.add(values, positive, day, pipeline.key(clean, id), worth);
    }
}
