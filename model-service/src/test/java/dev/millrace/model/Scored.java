package dev.millrace.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/** What a person would read in a record. */
public final class Scored {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Scored() {}

    /** The record's value. */
    public static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
        return json(record.value());
    }

    /** The bytes' value. */
    public static JsonNode json(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The headers as texts. */
    public static Map<String, String> headers(Headers headers) {
        Map<String, String> texts = new TreeMap<>();
        headers.forEach(header -> texts.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return texts;
    }
}
