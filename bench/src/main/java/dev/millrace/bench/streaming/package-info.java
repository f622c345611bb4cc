/** Rolling features: the transform beside a Kafka Streams program that was written by hand for the same. Both are processes. */
package dev.millrace.bench.streaming;
