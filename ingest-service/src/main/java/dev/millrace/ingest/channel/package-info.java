/** The way out for what came over HTTP: records come in, the broker's acknowledgement comes back. */
package dev.millrace.ingest.channel;
