/** What every record goes through, wherever it came from: it is read, identified, and becomes a Kafka record. */
package dev.millrace.ingest.intake;
