/**
 * Rolling features in event time: what the last days of a key say about an event. The state of a key is buckets at a
 * declared precision; where it is kept is another's business, so the same code runs in the stream, in tests and behind
 * {@code /predict}.
 */
package dev.millrace.pipeline.window;
