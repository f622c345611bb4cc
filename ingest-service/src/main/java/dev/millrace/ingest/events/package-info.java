/** The HTTP edge: a request's body comes in, an answer that counts what was accepted and names what was not goes out. */
package dev.millrace.ingest.events;
