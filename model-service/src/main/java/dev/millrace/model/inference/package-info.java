/** ONNX Runtime: tensors, or rows of features, come in; the model's outputs, or a score a row, go out. */
package dev.millrace.model.inference;
