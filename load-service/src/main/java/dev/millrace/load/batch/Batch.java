package dev.millrace.load.batch;

import dev.millrace.load.schema.Span;
import dev.millrace.pipeline.declaration.SinkDeclaration.Partition;
import dev.millrace.pipeline.event.EventHeaders;
import dev.millrace.pipeline.event.EventId;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Reading;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Violation;
import dev.millrace.pipeline.rejection.Rejection;
import dev.millrace.pipeline.rejection.RejectionReason;
import dev.millrace.pipeline.topic.Stage;
import dev.millrace.service.rejection.RejectedRecord;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;

/**
 * Records that are loaded together, encoded as they are added. Of two with one id in a batch the first is kept. It is
 * filled by one thread and then handed to another; never used by two at once.
 */
public final class Batch {
    private static final Logger LOG = Logger.getLogger(Batch.class);

    private final LoadPlan plan;
    private final RowEncoder encoder;
    private final ContentHash contentHash;
    private final int idOrdinal;
    private final int timeOrdinal;
    private final Partition partitioning;

    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final Map<Integer, OffsetRange> ranges = new TreeMap<>();
    private final CopyBuffer facts = new CopyBuffer();
    private final CopyBuffer ids = new CopyBuffer();
    private final List<DimensionRows> dimensions = new ArrayList<>();
    private final Map<Object, Long> contents = new HashMap<>();
    private final Set<Span> spans = new HashSet<>();
    private final List<Refusal> refusals = new ArrayList<>();
    /** When the records were accepted that are in the batch already. */
    private final List<Long> duplicates = new ArrayList<>();

    private final Set<Object> leftOut = new HashSet<>();

    /** By row: the record it is of, its id and its content. */
    private int[] recordOf = new int[1024];

    private Object[] idOf = new Object[1024];
    private long[] contentOf = new long[1024];
    private int rows;
    private long bytes;
    /** Of the plan's keys when the first record was encoded. */
    private int generation;

    private long lastDay = Long.MIN_VALUE;

    /** An empty batch. */
    public Batch(LoadPlan plan) {
        this.plan = plan;
        this.encoder = new RowEncoder(plan);
        this.contentHash = new ContentHash(
                plan.pipeline().eventReader().schema(),
                plan.pipeline().scoredReader().schema());
        var event = plan.pipeline().declaration().spec().event();
        var schema = plan.pipeline().scoredReader().schema();
        this.idOrdinal = event.id().map(schema::ordinal).orElse(-1);
        this.timeOrdinal = schema.ordinal(event.time());
        this.partitioning = plan.star().fact().span();
        plan.star().dimensions().forEach(dimension -> dimensions.add(new DimensionRows()));
    }

    /**
     * Adds a record.
     *
     * @param from the offset of its partition that is next in the warehouse, if the partition is not in this batch yet
     */
    public void add(ConsumerRecord<byte[], byte[]> record, long from) {
        if (records.isEmpty()) {
            generation = plan.generation();
        }
        OffsetRange range = ranges.get(record.partition());
        ranges.put(record.partition(), new OffsetRange(range == null ? from : range.from(), record.offset() + 1));
        records.add(record);
        if (record.value() == null) {
            refuse(record, new byte[0], List.of(Violation.malformed("a JSON object", "a record without a value")));
            return;
        }
        bytes += record.value().length;
        try {
            read(record);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.errorf(e, "pipeline %s: %s can not be encoded", plan.pipeline().name(), position(record));
            refuse(record, RejectionReason.INTERNAL_ERROR, "the record could not be turned into a row: " + e);
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        Reading reading = plan.pipeline().scoredReader().read(record.value());
        if (reading instanceof Reading.Refused refused) {
            refuse(record, record.value(), refused.violations());
        } else if (reading instanceof Reading.Read read) {
            add(record, read.row());
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record, Row row) {
        Object own = idOrdinal < 0 ? null : row.get(idOrdinal);
        Object id = own == null ? idOf(record) : own;
        if (leftOut.contains(id)) {
            return;
        }
        long content = contentHash.of(row);
        Long earlier = contents.putIfAbsent(id, content);
        if (earlier != null && earlier == content) {
            duplicates.add(record.timestamp());
        } else if (earlier != null) {
            refusals.add(conflict(record, id));
        } else {
            encode(record, row, id, content);
        }
    }

    /** A record that fails half-way must leave nothing behind: its batch holds others. */
    private void encode(ConsumerRecord<byte[], byte[]> record, Row row, Object id, long content) {
        int factsBefore = facts.length();
        int idsBefore = ids.length();
        try {
            encoder.encode(row, id, record.timestamp(), facts, dimensions);
            ids.tuple(2);
            ids.value(encoder.idType(), id);
            ids.bigint(content);
        } catch (RuntimeException | StackOverflowError e) {
            facts.truncate(factsBefore);
            ids.truncate(idsBefore);
            dimensions.forEach(dimension -> dimension.truncate(factsBefore));
            contents.remove(id);
            throw e;
        }
        addRow(id, content);
        addSpan((Instant) row.get(timeOrdinal));
    }

    private void addRow(Object id, long content) {
        if (rows == recordOf.length) {
            grow();
        }
        recordOf[rows] = records.size() - 1;
        idOf[rows] = id;
        contentOf[rows] = content;
        rows++;
    }

    private void addSpan(Instant time) {
        long day = Math.floorDiv(time.getEpochSecond(), 86_400L);
        if (day != lastDay) {
            lastDay = day;
            spans.add(Span.of(partitioning, LocalDate.ofEpochDay(day)));
        }
    }

    private void grow() {
        int capacity = rows * 2;
        recordOf = Arrays.copyOf(recordOf, capacity);
        idOf = Arrays.copyOf(idOf, capacity);
        contentOf = Arrays.copyOf(contentOf, capacity);
    }

    /** Says that the partition is read up to that offset, behind what is no record (a transaction's marker). */
    public void endAt(int partition, long next) {
        ranges.computeIfPresent(partition, (key, range) -> new OffsetRange(range.from(), Math.max(range.next(), next)));
    }

    /** Empties it, so that it can be filled again. */
    public void clear() {
        records.clear();
        ranges.clear();
        facts.clear();
        ids.clear();
        dimensions.forEach(DimensionRows::clear);
        contents.clear();
        spans.clear();
        refusals.clear();
        leftOut.clear();
        Arrays.fill(idOf, 0, rows, null);
        rows = 0;
        duplicates.clear();
        bytes = 0;
        lastDay = Long.MIN_VALUE;
    }

    /** This batch if the surrogate keys in it still hold, or else the same records encoded again. */
    public Batch current() {
        boolean holds = rows == 0 || generation == plan.generation();
        return holds ? this : part(0, records.size(), ranges);
    }

    /** The first and the second half of the records; each can be loaded by itself, the first before the second. */
    public List<Batch> halves() {
        int middle = records.size() / 2;
        Batch first = part(0, middle, ranges);
        Map<Integer, OffsetRange> rest = new HashMap<>();
        ranges.forEach((partition, range) -> {
            OffsetRange taken = first.ranges.get(partition);
            rest.put(partition, taken == null ? range : new OffsetRange(taken.next(), range.next()));
        });
        Batch second = part(middle, records.size(), rest);
        // What stands behind a partition's last record belongs to the half that has the record.
        ranges.forEach((partition, range) -> {
            if (second.ranges.containsKey(partition)) {
                second.endAt(partition, range.next());
            } else {
                first.endAt(partition, range.next());
            }
        });
        return List.of(first, second);
    }

    /** The rows of this batch but those; the same records, encoded again, so that nothing of the others is left. */
    public Batch without(BitSet others) {
        Batch rest = new Batch(plan);
        others.stream().mapToObj(row -> idOf[row]).forEach(rest.leftOut::add);
        records.forEach(
                record -> rest.add(record, ranges.get(record.partition()).from()));
        return rest;
    }

    private Batch part(int start, int end, Map<Integer, OffsetRange> from) {
        Batch part = new Batch(plan);
        for (ConsumerRecord<byte[], byte[]> record : records.subList(start, end)) {
            part.add(record, from.get(record.partition()).from());
        }
        if (start == 0 && end == records.size()) {
            ranges.forEach((partition, range) -> part.endAt(partition, range.next()));
        }
        return part;
    }

    /** This batch of one record, with the record refused for that reason instead of loaded. */
    public Batch refused(String message) {
        ConsumerRecord<byte[], byte[]> record = records.get(0);
        Batch refused = new Batch(plan);
        refused.records.add(record);
        refused.ranges.putAll(ranges);
        refused.refusals.add(
                refusal(record, record.value(), RejectionReason.LOAD_FAILED, message, List.of(), idOf[0].toString()));
        return refused;
    }

    /** The refusal of a row whose id another event has in the warehouse. */
    public Refusal conflict(int row) {
        return conflict(records.get(recordOf[row]), idOf[row]);
    }

    private Refusal conflict(ConsumerRecord<byte[], byte[]> record, Object id) {
        String message = "another event with the id '" + id + "' and other content came first";
        return refusal(record, record.value(), RejectionReason.DUPLICATE_ID, message, List.of(), id.toString());
    }

    private void refuse(ConsumerRecord<byte[], byte[]> record, RejectionReason reason, String message) {
        refusals.add(refusal(record, record.value(), reason, message, List.of(), idOf(record)));
    }

    private void refuse(ConsumerRecord<byte[], byte[]> record, byte[] original, List<Violation> violations) {
        refusals.add(refusal(
                record,
                original,
                RejectionReason.of(violations),
                violations.get(0).message(),
                violations,
                idOf(record)));
    }

    private Refusal refusal(
            ConsumerRecord<byte[], byte[]> record,
            byte[] original,
            RejectionReason reason,
            String message,
            List<Violation> violations,
            String eventId) {
        Rejection rejection = new Rejection(
                plan.pipeline().name(),
                Stage.LOAD,
                reason,
                message,
                violations,
                eventId,
                position(record),
                Instant.now(),
                original,
                RejectedRecord.headers(record.headers()));
        return new Refusal(record.partition(), record.offset(), record.timestamp(), rejection);
    }

    /** The id in the record's headers, or one made of where the record stands. */
    private static String idOf(ConsumerRecord<byte[], byte[]> record) {
        Optional<String> id = EventHeaders.idOf(name -> {
            Header header = record.headers().lastHeader(name);
            return header == null ? null : header.value();
        });
        return id.orElseGet(() -> EventId.of(record.topic() + "-" + record.partition(), record.offset()));
    }

    private static String position(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    /** The records in it, as they came. */
    public List<ConsumerRecord<byte[], byte[]>> records() {
        return records;
    }

    /** How many bytes the records' values have. */
    public long bytes() {
        return bytes;
    }

    /** What it takes of each partition. */
    public Map<Integer, OffsetRange> ranges() {
        return ranges;
    }

    /** How many rows are encoded. */
    public int rows() {
        return rows;
    }

    /** How many records were left out because the same event stands in the batch already. */
    public int duplicates() {
        return duplicates.size();
    }

    /** When those that were left out were accepted, in milliseconds since 1970. */
    public List<Long> duplicatesAcceptedAt() {
        return duplicates;
    }

    /** When the event of a row was accepted, in milliseconds since 1970. */
    public long acceptedAt(int row) {
        return records.get(recordOf[row]).timestamp();
    }

    /** The records that are refused already. */
    public List<Refusal> refusals() {
        return refusals;
    }

    /** The spans of event time in which its rows are. */
    public Set<Span> spans() {
        return spans;
    }

    /** What it needs of each dimension. */
    public List<DimensionRows> dimensions() {
        return dimensions;
    }

    /** The rows' tuples. */
    public CopyBuffer facts() {
        return facts;
    }

    /** The tuples of the rows' ids and contents. */
    public CopyBuffer ids() {
        return ids;
    }

    /** The event id of a row, as text. */
    public String idOf(int row) {
        return idOf[row].toString();
    }

    /** The hash of the content of a row. */
    public long contentOf(int row) {
        return contentOf[row];
    }

    /** Whether the rows' ids are texts, not numbers. */
    public boolean textIds() {
        return encoder.idType() == FieldType.STRING;
    }
}
