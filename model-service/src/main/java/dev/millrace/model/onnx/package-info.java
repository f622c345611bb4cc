/** The bytes of an ONNX file come in; the messages in them go out, as far as something other than the runtime has to know them. */
package dev.millrace.model.onnx;
