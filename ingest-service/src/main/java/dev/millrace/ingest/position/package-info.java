/** How far each file was read, kept where its records are: in Kafka, in one transaction with them. */
package dev.millrace.ingest.position;
