package dev.millrace.model.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * A version as it is kept, not loaded.
 *
 * @param description what is said of it
 * @param json the same, as it was written: it may say more than scoring needs
 * @param onnx the model's bytes
 * @param place where it is kept, for messages
 * @param file where its bytes are kept, for messages
 */
record StoredModel(ModelDescription description, String json, byte[] onnx, String place, String file) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reads a description. */
    static ModelDescription describe(String json, String file) throws InvalidModelException {
        try {
            ModelDescription description = JSON.readValue(json, ModelDescription.class);
            if (description == null) {
                throw new InvalidModelException(file + " describes nothing: null");
            }
            return description;
        } catch (JsonProcessingException e) {
            throw new InvalidModelException(file + " describes no model: " + e.getOriginalMessage(), e);
        }
    }
}
