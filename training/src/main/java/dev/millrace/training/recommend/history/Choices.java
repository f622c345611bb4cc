package dev.millrace.training.recommend.history;

import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.util.List;

/**
 * What users chose, and what is known of the items.
 *
 * @param histories who chose what when, times in seconds since 1970-01-01
 * @param item the field that names an item
 * @param fields what is known of an item, its name first
 * @param items that of each item, by its number, as of its latest event
 * @param popular how many users chose each item in the last days
 * @param events how many events there are
 * @param first the time of the first event, in seconds since 1970-01-01
 * @param last that of the last
 */
public record Choices(
        Histories histories,
        String item,
        Schema fields,
        List<Row> items,
        int[] popular,
        long events,
        long first,
        long last) {}
