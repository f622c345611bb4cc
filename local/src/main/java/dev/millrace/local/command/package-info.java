/** The commands of {@code ./millrace}. Arguments come in; a stack that runs, or a report, goes out. */
package dev.millrace.local.command;
