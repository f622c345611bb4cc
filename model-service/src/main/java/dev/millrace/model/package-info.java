/** Models come in from the registry; scores go out, to the stream of clean events and to whoever asks. */
package dev.millrace.model;
