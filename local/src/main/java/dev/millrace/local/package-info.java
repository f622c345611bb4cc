/** One machine: everything that Millrace needs, started as processes; and the commands of {@code ./millrace}. */
package dev.millrace.local;
