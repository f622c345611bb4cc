/** Events on their way to ingest. Lines come in; files and HTTP requests go out. */
package dev.millrace.local.feed;
