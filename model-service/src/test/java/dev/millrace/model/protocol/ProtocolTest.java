package dev.millrace.model.protocol;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.ServiceReady;
import dev.millrace.model.ServiceResource;
import dev.millrace.model.TinyOnnx;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Open Inference Protocol V2 over HTTP: each endpoint, each type of tensor, each mistake. */
@QuarkusTest
@QuarkusTestResource(ServiceResource.class)
class ProtocolTest {
    private static final String JSON_LENGTH = "Inference-Header-Content-Length";
    private static final String FRAUD = "/v2/models/card-fraud/infer";
    private static final String TYPES = "/v2/models/every-type/infer";
    private static final String ROW = "[310.0, 0, 1, 5.7, 3]";
    private static final ObjectMapper JSON = new ObjectMapper();

    @BeforeEach
    void the_service_is_ready() {
        ServiceReady.await();
    }

    @Test
    void says_that_it_lives() {
        given().get("/v2/health/live").then().statusCode(200).body("live", equalTo(true));
    }

    @Test
    void says_that_it_is_ready() {
        given().get("/v2/health/ready").then().statusCode(200).body("ready", equalTo(true));
    }

    @Test
    void says_what_it_is() {
        given().get("/v2")
                .then()
                .statusCode(200)
                .body("name", equalTo("millrace"))
                .body("version", notNullValue())
                .body("extensions", contains("binary_tensor_data", "classification"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v2/models/card-fraud", "/v2/models/card-fraud/versions/1", "/v2/models/card-fraud/versions/2"})
    void says_what_a_model_takes_and_gives(String path) {
        given().get(path)
                .then()
                .statusCode(200)
                .body("name", equalTo("card-fraud"))
                .body("versions", contains("1", "2"))
                .body("platform", equalTo("onnxruntime_onnx"))
                .body("inputs.name", contains("features"))
                .body("inputs.datatype", contains("FP32"))
                .body("inputs[0].shape", contains(-1, 5))
                .body("outputs.name", contains("score"));
    }

    @Test
    void a_map_of_probabilities_is_said_to_be_rows_of_classes() {
        given().get("/v2/models/countries")
                .then()
                .body("inputs.name", contains("amount", "hour", "country"))
                .body("inputs.datatype", contains("FP32", "INT64", "BYTES"))
                .body("outputs.datatype", contains("INT64", "FP32"))
                .body("outputs[1].shape", contains(-1, -1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/models/card-fraud/ready", "/v2/models/card-fraud/versions/2/ready"})
    void says_that_a_model_is_ready(String path) {
        given().get(path)
                .then()
                .statusCode(200)
                .body("name", equalTo("card-fraud"))
                .body("ready", equalTo(true));
    }

    @Test
    void runs_the_champion() {
        infer(FRAUD, "{\"id\": \"42\", \"inputs\": [" + features("[1, 5]", ROW) + "]}")
                .statusCode(200)
                .contentType("application/json")
                .body("model_name", equalTo("card-fraud"))
                .body("model_version", equalTo("1"))
                .body("id", equalTo("42"))
                .body("outputs.name", contains("score"))
                .body("outputs[0].datatype", equalTo("FP32"))
                .body("outputs[0].shape", contains(1, 1));
    }

    @Test
    void runs_a_version() {
        infer("/v2/models/card-fraud/versions/2/infer", "{\"inputs\": [" + features("[1, 5]", ROW) + "]}")
                .statusCode(200)
                .body("model_version", equalTo("2"))
                .body("$", not(hasKey("id")));
    }

    @Test
    void gives_the_same_score_as_predict() {
        float score = infer(FRAUD, "{\"inputs\": [" + features("[1, 5]", ROW) + "]}")
                .extract()
                .jsonPath()
                .getFloat("outputs[0].data[0]");

        assertThat(score).isBetween(0f, 1f);
    }

    @Test
    void data_may_be_nested_as_the_shape_is() throws Exception {
        JsonNode flat =
                body(FRAUD, "{\"inputs\": [" + features("[2, 5]", "[310.0, 0, 1, 5.7, 3, 12.5, 0, 0, 2.5, 13]") + "]}");
        JsonNode nested = body(
                FRAUD, "{\"inputs\": [" + features("[2, 5]", "[[310.0, 0, 1, 5.7, 3], [12.5, 0, 0, 2.5, 13]]") + "]}");

        assertThat(nested).isEqualTo(flat);
        assertThat(flat.at("/outputs/0/shape").toString()).isEqualTo("[2,1]");
    }

    @Test
    void members_and_parameters_that_nobody_knows_are_left_alone() {
        infer(
                        FRAUD,
                        "{\"id\": null, \"priority\": 3, \"parameters\": {\"content_type\": \"np\", \"headers\": {\"a\": 1}},"
                                + " \"outputs\": null, \"inputs\": [" + features("[1, 5]", ROW) + "]}")
                .statusCode(200);
    }

    @Test
    void texts_and_numbers_go_to_named_inputs() {
        infer(
                        "/v2/models/countries/infer",
                        "{\"inputs\": [{\"name\": \"country\", \"shape\": [2, 1], \"datatype\": \"BYTES\", \"data\": [\"fr\", \"\u00fc\ud83d\ude00\"]},"
                                + "{\"name\": \"amount\", \"shape\": [2, 1], \"datatype\": \"FP32\", \"data\": [120, 12.5]},"
                                + "{\"name\": \"hour\", \"shape\": [2, 1], \"datatype\": \"INT64\", \"data\": [3, 13]}],"
                                + "\"outputs\": [{\"name\": \"output_probability\"}, {\"name\": \"output_label\"}]}")
                .statusCode(200)
                .body("outputs.name", contains("output_probability", "output_label"))
                .body("outputs[0].shape", contains(2, 2))
                .body("outputs[1].shape", contains(2));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("BOOL", "[true,false]", bytes(2).put((byte) 1).put((byte) 0)),
                arguments("UINT8", "[0,255]", bytes(2).put((byte) 0).put((byte) -1)),
                arguments("UINT16", "[0,65535]", bytes(4).putShort((short) 0).putShort((short) -1)),
                arguments("UINT32", "[0,4294967295]", bytes(8).putInt(0).putInt(-1)),
                arguments(
                        "UINT64",
                        "[9223372036854775808,18446744073709551615]",
                        bytes(16).putLong(Long.MIN_VALUE).putLong(-1)),
                arguments("INT8", "[-128,127]", bytes(2).put((byte) -128).put((byte) 127)),
                arguments(
                        "INT16",
                        "[-32768,32767]",
                        bytes(4).putShort(Short.MIN_VALUE).putShort(Short.MAX_VALUE)),
                arguments(
                        "INT32",
                        "[-2147483648,2147483647]",
                        bytes(8).putInt(Integer.MIN_VALUE).putInt(Integer.MAX_VALUE)),
                arguments(
                        "INT64",
                        "[-9223372036854775808,9223372036854775807]",
                        bytes(16).putLong(Long.MIN_VALUE).putLong(Long.MAX_VALUE)),
                arguments("FP16", "", bytes(4).putShort((short) 0x3C00).putShort((short) 0xFC00)),
                arguments("BF16", "", bytes(4).putShort((short) 0x3F80).putShort((short) 0xFF80)),
                arguments("FP32", "[0.1,null]", bytes(8).putFloat(0.1f).putFloat(Float.NaN)),
                arguments(
                        "FP64", "[0.1,\"-Infinity\"]", bytes(16).putDouble(0.1).putDouble(Double.NEGATIVE_INFINITY)),
                arguments(
                        "BYTES",
                        "[\"\",\"\u00fc\ud83d\ude00\"]",
                        bytes(14).putInt(0).putInt(6).put("\u00fc\ud83d\ude00".getBytes(StandardCharsets.UTF_8))));
    }

    @ParameterizedTest
    @MethodSource("values")
    void each_type_goes_in_and_comes_out_as_json(String type, String data, ByteBuffer binary) throws Exception {
        Response response = everyType(type, "\"data\": " + (data.isEmpty() ? "[1, 2]" : data), new byte[0], "");

        if (data.isEmpty()) {
            assertError(response, 400, type + ", which JSON has no form for");
            return;
        }
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        JsonNode answer = JSON.readTree(response.asByteArray());
        assertThat(answer.at("/outputs/0/datatype").asText()).isEqualTo(type);
        assertThat(answer.at("/outputs/0/data").toString()).isEqualTo(data);
    }

    @ParameterizedTest
    @MethodSource("values")
    void each_type_goes_in_and_comes_out_as_binary_data(String type, String data, ByteBuffer binary) throws Exception {
        byte[] bytes = binary.array();

        Response response = everyType(
                type,
                "\"parameters\": {\"binary_data_size\": " + bytes.length + "}",
                bytes,
                ", \"parameters\": {\"binary_data\": true}");

        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        assertThat(response.contentType()).startsWith("application/octet-stream");
        int length = Integer.parseInt(response.header(JSON_LENGTH));
        JsonNode answer = JSON.readTree(response.asByteArray(), 0, length);
        assertThat(answer.at("/outputs/0/parameters/binary_data_size").asInt()).isEqualTo(bytes.length);
        assertThat(answer.at("/outputs/0").has("data")).isFalse();
        assertThat(Arrays.copyOfRange(response.asByteArray(), length, response.asByteArray().length))
                .isEqualTo(bytes);
    }

    @Test
    void an_output_of_half_floats_is_refused_as_json() {
        assertError(
                everyType("FP16", "\"parameters\": {\"binary_data_size\": 4}", new byte[4], ""),
                400,
                "output 'out_FP16' is FP16, which JSON has no form for");
    }

    @Test
    void all_outputs_are_binary_if_the_request_says_so_but_for_those_that_say_otherwise() throws Exception {
        String json = "{\"parameters\": {\"binary_data_output\": true}, \"inputs\": [" + country("fr")
                + amount("[1, 1]", "[5]") + hour("[3]")
                + "], \"outputs\": [{\"name\": \"output_label\"}, {\"name\": \"output_probability\", \"parameters\": {\"binary_data\": false}}]}";

        Response response = binary("/v2/models/countries/infer", json, new byte[0]);

        int length = Integer.parseInt(response.header(JSON_LENGTH));
        JsonNode answer = JSON.readTree(response.asByteArray(), 0, length);
        assertThat(answer.at("/outputs/0/parameters/binary_data_size").asInt()).isEqualTo(8);
        assertThat(answer.at("/outputs/1/data").size()).isEqualTo(2);
        assertThat(response.asByteArray()).hasSize(length + 8);
    }

    @Test
    void the_greatest_values_of_each_row_are_given_as_classes() throws Exception {
        String inputs = "\"inputs\": [{\"name\": \"float_input\", \"shape\": [2, 3], \"datatype\": \"FP32\","
                + " \"data\": [12.5, 3, 1, 300, 3, 1]}]";
        String path = "/v2/models/three-classes/infer";

        JsonNode values = body(path, "{\"outputs\": [{\"name\": \"probabilities\"}], " + inputs + "}")
                .at("/outputs/0/data");
        JsonNode classes = body(
                        path,
                        "{\"outputs\": [{\"name\": \"probabilities\", \"parameters\": {\"classification\": 2}}], "
                                + inputs + "}")
                .at("/outputs/0");

        assertThat(values.size()).isEqualTo(6);
        assertThat(classes.path("datatype").asText()).isEqualTo("BYTES");
        assertThat(classes.path("shape").toString()).isEqualTo("[2,2]");
        for (int row = 0; row < 2; row++) {
            double before = 1;
            for (int place = 0; place < 2; place++) {
                String[] text =
                        classes.path("data").get(2 * row + place).asText().split(":");
                double value = values.get(3 * row + Integer.parseInt(text[1])).asDouble();
                assertThat(Double.parseDouble(text[0]))
                        .isEqualTo(value, within(1e-6))
                        .isLessThanOrEqualTo(before);
                before = Double.parseDouble(text[0]);
            }
        }
        assertThat(classes.path("data").get(0).asText()).endsWith(":0");
        assertThat(classes.path("data").get(2).asText()).endsWith(":2");
        assertError(
                binary(
                        TYPES,
                        everyTypeJson("BYTES", "\"data\": [\"1\", \"1\"]", ", \"parameters\": {\"classification\": 1}"),
                        new byte[8]),
                400,
                "holds texts");
    }

    @Test
    void a_zipped_body_is_unzipped() throws Exception {
        byte[] json = ("{\"inputs\": [" + features("[1, 5]", ROW) + "]}").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(gzip)) {
            zip.write(json);
        }
        ByteArrayOutputStream deflate = new ByteArrayOutputStream();
        try (DeflaterOutputStream zip = new DeflaterOutputStream(deflate)) {
            zip.write(json);
        }

        given().header("Content-Encoding", "gzip")
                .body(gzip.toByteArray())
                .post(FRAUD)
                .then()
                .statusCode(200);
        given().header("Content-Encoding", "deflate")
                .body(deflate.toByteArray())
                .post(FRAUD)
                .then()
                .statusCode(200);
        given().header("Content-Encoding", "gzip").body(json).post(FRAUD).then().statusCode(400);
        given().header("Content-Encoding", "br").body(json).post(FRAUD).then().statusCode(400);
    }

    static Stream<Arguments> mistakes() {
        String inputs = "\"inputs\": [" + features("[1, 5]", ROW) + "]";
        return Stream.of(
                arguments("", "expected a JSON object with inputs, got nothing"),
                arguments("[]", "expected a JSON object with inputs, got []"),
                arguments("{", "not valid JSON"),
                arguments("{\"inputs\": nope}", "at line 1, column"),
                arguments("{" + inputs + "} more", "not valid JSON"),
                arguments("{\"id\": \"1\", \"id\": \"2\", " + inputs + "}", "not valid JSON"),
                arguments("{\"id\": 7, " + inputs + "}", "expected an id that is a text, got 7"),
                arguments("{\"id\": \"\\ud800\", " + inputs + "}", "expected an id that is a text"),
                arguments("{}", "expected inputs, an array of at least one tensor, got nothing"),
                arguments("{\"inputs\": []}", "at least one tensor, got []"),
                arguments("{\"inputs\": [7]}", "expected an input, an object with a name, got 7"),
                arguments("{\"inputs\": [{}]}", "an object with a name"),
                arguments("{\"parameters\": 7, " + inputs + "}", "expected parameters, an object, got 7"),
                arguments(
                        "{\"parameters\": {\"binary_data_output\": 1}, " + inputs + "}",
                        "'binary_data_output' is true or false"),
                arguments("{\"parameters\": {\"sequence_id\": 1}, " + inputs + "}", "'sequence_id' is of an extension"),
                arguments("{\"inputs\": [{\"name\": \"feature\"}]}", "has no input 'feature'; inputs: features"),
                arguments(
                        "{\"inputs\": [" + features("[1, 5]", ROW) + "," + features("[1, 5]", ROW) + "]}",
                        "'features' is there twice"),
                arguments(
                        "{\"inputs\": [{\"name\": \"features\", \"shape\": [1, 5], \"data\": []}]}", "has no datatype"),
                arguments(
                        "{\"inputs\": [{\"name\": \"features\", \"shape\": [1, 5], \"datatype\": \"FP64\", \"data\": []}]}",
                        "is FP32, not 'FP64'"),
                arguments(
                        "{\"inputs\": [{\"name\": \"features\", \"datatype\": \"FP32\", \"data\": []}]}",
                        "expected a shape"),
                arguments(
                        "{\"inputs\": [" + features("[1.5, 5]", ROW) + "]}", "expected a shape, an array of integers"),
                arguments(
                        "{\"inputs\": [" + features("[1, 4]", ROW) + "]}",
                        "takes the shape [-1, 5], where -1 is any, not [1, 4]"),
                arguments("{\"inputs\": [" + features("[5]", ROW) + "]}", "takes the shape [-1, 5]"),
                arguments("{\"inputs\": [" + features("[0, 5]", "[]") + "]}", "has a dimension of 0"),
                arguments("{\"inputs\": [" + features("[-1, 5]", ROW) + "]}", "has a dimension of -1"),
                arguments(
                        "{\"inputs\": [" + features("[9223372036854775807, 5]", ROW) + "]}",
                        "more elements than a tensor can have"),
                arguments(
                        "{\"inputs\": [" + features("[100000000, 5]", ROW) + "]}",
                        "more elements than a tensor can have"),
                arguments(
                        "{\"inputs\": [" + features("[50000000, 5]", ROW) + "]}",
                        "its shape has 250000000 elements, and its data 5"),
                arguments(
                        "{\"inputs\": [" + features("[2, 5]", ROW) + "]}", "its shape has 10 elements, and its data 5"),
                arguments("{\"inputs\": [" + features("[1, 5]", "7") + "]}", "expected data, an array, got 7"),
                arguments("{\"inputs\": [" + features("[1, 5]", "[[1, 2], [3, 4, 5]]") + "]}", "nested otherwise"),
                arguments("{\"inputs\": [" + features("[1, 5]", "[1, 2, 3, 4, [5]]") + "]}", "nested otherwise"),
                arguments(
                        "{\"inputs\": [" + features("[1, 5]", "[1, 2, 3, 4, \"x\"]") + "]}",
                        "element 4: expected a number, got"),
                arguments(
                        "{\"inputs\": [" + features("[1, 5]", "[1, 2, 3, 4, 1e400]") + "]}",
                        "element 4: expected a number of FP32"),
                arguments(
                        "{\"inputs\": [" + features("[1, 5]", "[1, 2, 3, 4, 1e39]") + "]}",
                        "element 4: expected a number of FP32"),
                arguments("{\"outputs\": 7, " + inputs + "}", "expected outputs, an array, got 7"),
                arguments(
                        "{\"outputs\": [{\"name\": \"scores\"}], " + inputs + "}",
                        "has no output 'scores'; outputs: score"),
                arguments(
                        "{\"outputs\": [{\"name\": \"score\"}, {\"name\": \"score\"}], " + inputs + "}",
                        "asked for twice"),
                arguments(
                        "{\"outputs\": [{\"name\": \"score\", \"parameters\": {\"classification\": \"all\"}}], "
                                + inputs + "}",
                        "classification is a number of classes"),
                arguments(
                        "{\"outputs\": [{\"name\": \"score\", \"parameters\": {\"shared_memory_region\": \"a\"}}], "
                                + inputs + "}",
                        "'shared_memory_region' is of an extension"),
                arguments(
                        "{\"inputs\": [{\"name\": \"features\", \"shape\": [1, 5], \"datatype\": \"FP32\", \"parameters\": {\"binary_data_size\": 20}}]}",
                        "binary_data_size is 20, and the body has 0 more bytes"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void says_what_is_wrong(String body, String error) {
        infer(FRAUD, body).statusCode(400).contentType("application/json").body("error", containsString(error));
    }

    static Stream<Arguments> wrongElements() {
        return Stream.of(
                arguments("BOOL", "2", "true or false"),
                arguments("UINT8", "256", "an integer of UINT8"),
                arguments("UINT16", "-1", "an integer of UINT16"),
                arguments("UINT32", "4294967296", "an integer of UINT32"),
                arguments("UINT64", "18446744073709551616", "an integer of UINT64"),
                arguments("INT8", "128", "an integer of INT8"),
                arguments("INT16", "-32769", "an integer of INT16"),
                arguments("INT32", "2147483648", "an integer of INT32"),
                arguments("INT64", "9223372036854775808", "an integer of INT64"),
                arguments("INT64", "1.5", "an integer"),
                arguments("INT64", "1e999999999", "an integer"),
                arguments("INT64", "\"1\"", "an integer"),
                arguments("FP64", "true", "a number"),
                arguments("BYTES", "7", "a text"),
                arguments("BYTES", "\"a\\u0000\"", "a text"),
                arguments("BYTES", "\"\\udc00\"", "a text"));
    }

    @ParameterizedTest
    @MethodSource("wrongElements")
    void an_element_that_its_type_does_not_hold_is_named(String type, String element, String expected) {
        assertError(
                everyType(
                        type,
                        "\"data\": [" + (type.equals("BYTES") ? "\"1\"" : "1") + ", " + element + "]",
                        new byte[0],
                        ""),
                400,
                "input 'in_" + type + "', element 1: expected " + expected);
    }

    @Test
    void binary_data_of_another_size_is_refused() {
        String json =
                "{\"inputs\": [{\"name\": \"features\", \"shape\": [1, 5], \"datatype\": \"FP32\", \"parameters\": {\"binary_data_size\": %d}}]}";

        assertError(binary(FRAUD, json.formatted(16), new byte[16]), 400, "expected 20 bytes of binary data");
        assertError(binary(FRAUD, json.formatted(20), new byte[24]), 400, "4 bytes more than");
        assertError(binary(FRAUD, json.formatted(-1), new byte[20]), 400, "binary_data_size is -1");
        assertThat(binary(FRAUD, json.formatted(20), new byte[20]).statusCode()).isEqualTo(200);
    }

    @Test
    void binary_texts_of_wrong_lengths_are_refused() {
        String json =
                "{\"inputs\": [{\"name\": \"country\", \"shape\": [1, 1], \"datatype\": \"BYTES\", \"parameters\": {\"binary_data_size\": %d}},"
                        + amount("[1, 1]", "[5]").substring(1) + hour("[3]") + "]}";
        for (byte[] bytes :
                new byte[][] {{}, {1, 0}, {2, 0, 0, 0, 'f'}, {-1, -1, -1, -1, 'f'}, {1, 0, 0, 0, 'f', 'r'}}) {
            assertError(
                    binary("/v2/models/countries/infer", json.formatted(bytes.length), bytes),
                    400,
                    "a length of four bytes");
        }
        assertError(binary("/v2/models/countries/infer", json.formatted(5), new byte[] {1, 0, 0, 0, -1}), 400, "UTF-8");
    }

    @Test
    void the_length_of_the_json_has_to_be_one() {
        for (String length : new String[] {"x", "-1", "99999999999", "5000"}) {
            given().header(JSON_LENGTH, length)
                    .body("{}".getBytes(StandardCharsets.UTF_8))
                    .post(FRAUD)
                    .then()
                    .statusCode(400)
                    .body("error", containsString(JSON_LENGTH));
        }
    }

    @Test
    void a_missing_input_is_named() {
        infer("/v2/models/countries/infer", "{\"inputs\": [" + country("fr") + "]}")
                .statusCode(400)
                .body("error", equalTo("input 'amount' is missing"));
    }

    @Test
    void inputs_of_different_rows_are_the_models_to_refuse() {
        infer(
                        "/v2/models/countries/infer",
                        "{\"inputs\": [" + country("fr") + amount("[2, 1]", "[5, 6]") + hour("[3]") + "]}")
                .statusCode(400)
                .body("error", containsString("fails on these inputs"));
    }

    @Test
    void a_row_that_the_model_fails_on_is_refused() {
        infer(
                        "/v2/models/lookup/versions/1/infer",
                        "{\"inputs\": [{\"name\": \"features\", \"shape\": [1, 1], \"datatype\": \"FP32\", \"data\": [99]}]}")
                .statusCode(400)
                .body("error", containsString("model 'lookup' fails on these inputs"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/ready", "/versions/1", "/versions/1/ready"})
    void an_unknown_model_is_not_found_and_a_near_name_is_suggested(String path) {
        given().get("/v2/models/card-frand" + path)
                .then()
                .statusCode(404)
                .body("error", equalTo("there is no model 'card-frand'; did you mean 'card-fraud'?"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/ready"})
    void an_unknown_version_is_not_found(String path) {
        given().get("/v2/models/card-fraud/versions/7" + path)
                .then()
                .statusCode(404)
                .body("error", equalTo("model 'card-fraud' has no version '7'; versions: 1, 2"));
        infer("/v2/models/card-fraud/versions/7/infer", "{}").statusCode(404);
        infer("/v2/models/nothing-like-it/infer", "{}").statusCode(404).body("error", containsString("models: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/ready"})
    void a_model_without_a_champion_is_not_there_for_now(String path) {
        given().get("/v2/models/lookup" + path)
                .then()
                .statusCode(503)
                .header("Retry-After", "5")
                .body("error", containsString("no version that can be used now"));
        given().get("/v2/models/lookup/versions/1" + path).then().statusCode(200);
    }

    @Test
    void what_is_not_of_the_protocol_is_refused_in_its_shape() {
        given().get("/v2/nothing")
                .then()
                .statusCode(404)
                .contentType("application/json")
                .body("$", hasKey("error"));
        given().get("/v2/models").then().statusCode(404).body("$", hasKey("error"));
        given().get("/v2/models/card-fraud/config").then().statusCode(404).body("$", hasKey("error"));
        given().get(FRAUD)
                .then()
                .statusCode(405)
                .contentType("application/json")
                .body("$", hasKey("error"));
        given().post("/v2/health/live").then().statusCode(405).body("$", hasKey("error"));
        given().delete("/v2/models/card-fraud").then().statusCode(405).body("$", hasKey("error"));
    }

    @Test
    void a_body_that_is_too_large_is_refused() {
        given().body(new byte[16 * 1024 * 1024 + 1])
                .post(FRAUD)
                .then()
                .statusCode(413)
                .body("error", containsString("millrace.protocol.max-body"));
    }

    @Test
    void a_time_that_is_over_is_said_and_another_try_is_asked_for() {
        String json = "{\"inputs\": [" + features("[1, 5]", ROW) + "]}";
        given().header("X-Request-Timeout", "0")
                .body(json.getBytes(StandardCharsets.UTF_8))
                .post(FRAUD)
                .then()
                .statusCode(503)
                .header("Retry-After", "1")
                .body("error", containsString("time that the request had is over"));
        given().header("X-Request-Timeout", "5s")
                .body(json.getBytes(StandardCharsets.UTF_8))
                .post(FRAUD)
                .then()
                .statusCode(200);
        given().header("X-Request-Timeout", "soon")
                .body(json.getBytes(StandardCharsets.UTF_8))
                .post(FRAUD)
                .then()
                .statusCode(400)
                .body("error", containsString("X-Request-Timeout is a time such as 250ms"));
    }

    @Test
    void what_it_does_is_counted() {
        infer(FRAUD, "{\"inputs\": [" + features("[1, 5]", ROW) + "]}").statusCode(200);

        String metrics = given().get("/q/metrics").asString();
        assertThat(metrics.lines())
                .anyMatch(line -> line.startsWith("millrace_predictions_total{") && line.contains("route=\"v2\""));
    }

    @Test
    void the_interface_is_documented() {
        given().get("/q/openapi?format=json")
                .then()
                .body(
                        "paths.'/v2/models/{model}/infer'.post.responses.'503'.description",
                        containsString("time is over"))
                .body("paths.keySet()", hasItem("/v2/models/{model}/versions/{version}/infer"));
    }

    private static String features(String shape, String data) {
        return "{\"name\": \"features\", \"shape\": " + shape + ", \"datatype\": \"FP32\", \"data\": " + data + "}";
    }

    private static String country(String country) {
        return "{\"name\": \"country\", \"shape\": [1, 1], \"datatype\": \"BYTES\", \"data\": [\"" + country + "\"]}";
    }

    private static String amount(String shape, String data) {
        return ",{\"name\": \"amount\", \"shape\": " + shape + ", \"datatype\": \"FP32\", \"data\": " + data + "}";
    }

    private static String hour(String data) {
        return ",{\"name\": \"hour\", \"shape\": [1, 1], \"datatype\": \"INT64\", \"data\": " + data + "}";
    }

    /** A request to the model of every type: that data for one input, two rows of 1 for the others; that output alone. */
    private static Response everyType(String type, String data, byte[] binary, String outputParameters) {
        ByteArrayOutputStream behind = new ByteArrayOutputStream();
        for (String each : TinyOnnx.TYPES.keySet()) {
            boolean half = each.equals("FP16") || each.equals("BF16");
            behind.writeBytes(each.equals(type) ? binary : half ? new byte[4] : new byte[0]);
        }
        return binary(TYPES, everyTypeJson(type, data, outputParameters), behind.toByteArray());
    }

    private static String everyTypeJson(String type, String data, String outputParameters) {
        StringBuilder inputs = new StringBuilder();
        for (String each : TinyOnnx.TYPES.keySet()) {
            boolean half = each.equals("FP16") || each.equals("BF16");
            String ones = half
                    ? "\"parameters\": {\"binary_data_size\": 4}"
                    : each.equals("BYTES") ? "\"data\": [\"1\", \"1\"]" : "\"data\": [1, 1]";
            inputs.append(inputs.isEmpty() ? "" : ",")
                    .append("{\"name\": \"in_" + each + "\", \"shape\": [2, 1], \"datatype\": \"" + each + "\", ")
                    .append(each.equals(type) ? data : ones)
                    .append("}");
        }
        return "{\"inputs\": [" + inputs + "], \"outputs\": [{\"name\": \"out_" + type + "\"" + outputParameters
                + "}]}";
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Response binary(String path, String json, byte[] binary) {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(head, head.length + binary.length);
        System.arraycopy(binary, 0, body, head.length, binary.length);
        return given().header(JSON_LENGTH, head.length)
                .contentType("application/octet-stream")
                .body(body)
                .post(path);
    }

    private static void assertError(Response response, int status, String error) {
        response.then().statusCode(status).body("error", containsString(error));
    }

    private static JsonNode body(String path, String json) throws Exception {
        return JSON.readTree(infer(path, json).statusCode(200).extract().asByteArray());
    }

    private static ValidatableResponse infer(String path, String json) {
        return given().contentType("application/json")
                .body(json.getBytes(StandardCharsets.UTF_8))
                .post(path)
                .then();
    }
}
