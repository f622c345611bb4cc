/** What lookups find rows in: files and compacted topics come in, and are followed; rows by their keys go out. */
package dev.millrace.service.reference;
