/** Learned models come in as data; ONNX files that give the same scores go out. */
package dev.millrace.training.onnx;
