/** Item-item weights come in; an ONNX file that ranks items by them goes out. */
package dev.millrace.training.recommend.onnx;
