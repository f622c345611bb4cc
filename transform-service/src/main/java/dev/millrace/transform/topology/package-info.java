/** The Kafka Streams topology of one pipeline. A declaration comes in; sources, a processor and sinks go out. */
package dev.millrace.transform.topology;
