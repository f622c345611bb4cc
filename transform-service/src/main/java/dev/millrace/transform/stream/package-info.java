/** The running topologies: pipelines come and go, a Kafka Streams instance of each starts and stops. */
package dev.millrace.transform.stream;
