/** Files of records: the bytes of a CSV or NDJSON file come in; its records go out, each with its line. */
package dev.millrace.service.file;
