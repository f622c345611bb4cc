/** Labels come in from their topics as they arrive; rows of the warehouse's label tables go out, each exactly once. */
package dev.millrace.load.label;
