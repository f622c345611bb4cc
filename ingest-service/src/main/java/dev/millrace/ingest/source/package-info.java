/** Files: a folder's files come in; their records, in transactions with the position they end at, go out. */
package dev.millrace.ingest.source;
