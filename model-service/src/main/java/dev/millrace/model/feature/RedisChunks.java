package dev.millrace.model.feature;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.window.ChunkKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * The chunks of windows in Redis: a hash a key, beside it a hash a partition with how far its changelog was read. Both are
 * written by one script, which changes nothing where another replica has written meanwhile; so what is there is the
 * changelog up to that offset, whoever wrote it. Thread-safe.
 */
final class RedisChunks {
    private static final byte[] WRITE = """
            local offset = redis.call('HGET', KEYS[1], 'offset') or ''
            if offset ~= ARGV[1] then return offset end
            redis.call('HSET', KEYS[1], 'offset', ARGV[2])
            if ARGV[3] ~= '' and tonumber(ARGV[3]) > tonumber(redis.call('HGET', KEYS[1], 'newest') or '-1') then
              redis.call('HSET', KEYS[1], 'newest', ARGV[3])
            end
            if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'filled', ARGV[4]) end
            for i = 5, #ARGV, 3 do
              local key = KEYS[tonumber(ARGV[i])]
              if ARGV[i + 2] == '' then redis.call('HDEL', key, ARGV[i + 1])
              else redis.call('HSET', key, ARGV[i + 1], ARGV[i + 2]) end
            end
            return ARGV[2]
            """.getBytes(UTF_8);
    private static final byte[] NOTHING = {};
    private static final byte[] OFFSET = "offset".getBytes(UTF_8);
    private static final byte[] NEWEST = "newest".getBytes(UTF_8);
    private static final byte[] FILLED = "filled".getBytes(UTF_8);
    private static final int SCANNED_AT_ONCE = 1_000;

    private final RedisClient redis;
    private final String prefix;

    /**
     * A partition of a changelog.
     *
     * @param topicId the topic's own id: one that was made again is another
     */
    record Partition(String topicId, int number) {}

    /**
     * How far a partition is in Redis.
     *
     * @param offset the next record's; nothing where nothing was written
     * @param filled whether it was ever read to its end
     */
    record Position(OptionalLong offset, boolean filled) {
        boolean isAt(long wanted) {
            return offset.isPresent() && offset.getAsLong() == wanted;
        }
    }

    /**
     * What Redis has of a key.
     *
     * @param filled whether all of its partition is there
     * @param chunks in no order
     */
    record Found(boolean filled, Optional<Instant> newest, List<byte[]> chunks) {}

    /** The chunks of that application. */
    RedisChunks(RedisClient redis, String application) {
        this.redis = redis;
        this.prefix = "millrace:" + application + ":";
    }

    /** How far those partitions are. */
    Map<Partition, Position> positions(List<Partition> partitions) {
        Map<Partition, Response<List<byte[]>>> asked = new LinkedHashMap<>();
        try (Pipeline commands = redis.pipelined()) {
            for (Partition partition : partitions) {
                asked.put(partition, commands.hmget(position(partition), OFFSET, FILLED));
            }
        }
        Map<Partition, Position> positions = new LinkedHashMap<>();
        asked.forEach((partition, answer) -> positions.put(
                partition,
                new Position(number(answer.get().get(0)), answer.get().get(1) != null)));
        return positions;
    }

    /**
     * Writes records of a partition, if what is there goes up to that offset.
     *
     * @param from nothing where nothing is there yet
     * @param next the offset that comes after them
     * @param filled whether the partition was read to its end
     * @return up to where it goes now: {@code next}, unless somebody else has written
     */
    OptionalLong write(
            Partition partition,
            OptionalLong from,
            long next,
            boolean filled,
            List<ConsumerRecord<byte[], byte[]>> records) {
        List<byte[]> keys = new ArrayList<>(List.of(position(partition)));
        Map<String, Integer> places = new LinkedHashMap<>();
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(from.isPresent() ? text(from.getAsLong()) : NOTHING);
        arguments.add(text(next));
        arguments.add(newest(records));
        arguments.add(filled ? text(1) : NOTHING);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String key = ChunkKey.key(record.key());
            Integer place = places.get(key);
            if (place == null) {
                keys.add(chunks(partition, key));
                place = keys.size();
                places.put(key, place);
            }
            arguments.add(text(place));
            arguments.add(field(record.key()));
            arguments.add(record.value() == null ? NOTHING : record.value());
        }
        return number((byte[]) redis.eval(WRITE, keys, arguments));
    }

    /** What there is of a key, all of one moment. */
    Found find(Partition partition, String key) {
        Response<List<byte[]>> position;
        Response<Map<byte[], byte[]>> chunks;
        try (Pipeline commands = redis.pipelined()) {
            // The time before the state: what comes between is in the state, and the time says too little in place of
            // too much.
            position = commands.hmget(position(partition), FILLED, NEWEST);
            chunks = commands.hgetAll(chunks(partition, key));
        }
        OptionalLong newest = number(position.get().get(1));
        return new Found(
                position.get().get(0) != null,
                newest.isPresent() ? Optional.of(Instant.ofEpochMilli(newest.getAsLong())) : Optional.empty(),
                List.copyOf(chunks.get().values()));
    }

    /** Removes all of a partition: first how far it goes, so that nobody takes the rest for the whole. */
    void forget(Partition partition) {
        redis.unlink(position(partition));
        unlink(prefix + tag(partition) + ":*");
    }

    /** Removes all of the application. */
    void forget() {
        unlink(prefix + "{*:at");
        unlink(prefix + "{*");
    }

    private void unlink(String pattern) {
        ScanParams which = new ScanParams().match(pattern.getBytes(UTF_8)).count(SCANNED_AT_ONCE);
        byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
        do {
            ScanResult<byte[]> scanned = redis.scan(cursor, which);
            if (!scanned.getResult().isEmpty()) {
                redis.unlink(scanned.getResult().toArray(byte[][]::new));
            }
            cursor = scanned.getCursorAsBytes();
        } while (!Arrays.equals(cursor, ScanParams.SCAN_POINTER_START_BINARY));
    }

    private static byte[] newest(List<ConsumerRecord<byte[], byte[]>> records) {
        // What is only swept away says nothing of what was counted.
        return records.stream()
                .filter(record -> record.value() != null)
                .mapToLong(ConsumerRecord::timestamp)
                .max()
                .stream()
                .mapToObj(RedisChunks::text)
                .findFirst()
                .orElse(NOTHING);
    }

    private byte[] position(Partition partition) {
        return (prefix + tag(partition) + ":at").getBytes(UTF_8);
    }

    private byte[] chunks(Partition partition, String key) {
        return (prefix + tag(partition) + ":of:" + key).getBytes(UTF_8);
    }

    /** In braces: what a script writes has to be in one place. */
    private static String tag(Partition partition) {
        return "{" + partition.topicId() + ":" + partition.number() + "}";
    }

    /** The place of a chunk as its entry ends with it. */
    private static byte[] field(byte[] entry) {
        return Arrays.copyOfRange(entry, entry.length - Long.BYTES, entry.length);
    }

    private static byte[] text(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }

    private static OptionalLong number(byte[] text) {
        return text == null || text.length == 0
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(new String(text, UTF_8)));
    }
}
