/** Labelled facts with their features come in; tested, calibrated models in ONNX and their reports go out. */
package dev.millrace.training;
