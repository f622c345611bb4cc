/** ONNX Runtime: rows of features come in, a score a row goes out. */
package dev.millrace.model.inference;
