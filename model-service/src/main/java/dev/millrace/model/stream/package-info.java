/** The stream: clean events come in, scored ones go out, together with the offsets they came from. */
package dev.millrace.model.stream;
