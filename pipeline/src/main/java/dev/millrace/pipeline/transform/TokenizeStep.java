package dev.millrace.pipeline.transform;

import dev.millrace.pipeline.event.Field;
import dev.millrace.pipeline.event.FieldType;
import dev.millrace.pipeline.event.Row;
import dev.millrace.pipeline.event.Schema;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens in place of values: the first 128 bits of their HMAC-SHA-256 (RFC 2104, section 5 allows to cut it) in base64url.
 *
 * @param output the fields that leave
 * @param ordinals those that are replaced
 * @param secret the name of the secret
 * @param key the secret itself; null where only the shape of events is needed
 */
record TokenizeStep(Schema output, int[] ordinals, String secret, SecretKeySpec key) implements RowStep {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int TOKEN_BYTES = 16;
    /** A key shorter than a token would be easier to guess than the token. */
    private static final int SHORTEST_KEY = 16;

    static TokenizeStep bind(List<String> names, String secret, Schema input) {
        List<Field> fields = new ArrayList<>();
        for (Field field : input.fields()) {
            fields.add(
                    names.contains(field.name())
                            ? Field.canonical(field.name(), FieldType.STRING, field.required())
                            : field);
        }
        return new TokenizeStep(
                new Schema(fields), names.stream().mapToInt(input::ordinal).toArray(), secret, null);
    }

    TokenizeStep with(byte[] bytes) {
        if (bytes.length < SHORTEST_KEY) {
            throw new IllegalArgumentException(
                    "the secret '" + secret + "' has " + bytes.length + " bytes; tokens need " + SHORTEST_KEY);
        }
        return new TokenizeStep(output, ordinals, secret, new SecretKeySpec(bytes, ALGORITHM));
    }

    @Override
    public Optional<Row> apply(Row row) {
        Object[] values = row.valuesFor(output);
        Mac mac = mac();
        for (int ordinal : ordinals) {
            if (values[ordinal] != null) {
                byte[] code = mac.doFinal(values[ordinal].toString().getBytes(StandardCharsets.UTF_8));
                values[ordinal] =
                        Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(code, TOKEN_BYTES));
            }
        }
        return Optional.of(new Row(output, values));
    }

    /** Where the secret is not known, the tokens are missing. */
    @Override
    public Row applyToKnown(Row row) {
        if (key != null) {
            return apply(row).orElseThrow();
        }
        Object[] values = row.valuesFor(output);
        for (int ordinal : ordinals) {
            values[ordinal] = null;
        }
        return new Row(output, values);
    }

    private Mac mac() {
        if (key == null) {
            throw new IllegalStateException("the secret '" + secret + "' is not known here");
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "TokenizeStep[" + secret + "]";
    }
}
