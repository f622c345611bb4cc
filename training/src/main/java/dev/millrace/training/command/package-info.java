/** What {@code ./millrace train} and {@code evaluate} run: arguments come in, trained models and their reports go out. */
package dev.millrace.training.command;
