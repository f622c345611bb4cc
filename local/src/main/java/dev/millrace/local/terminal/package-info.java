/** What a person sees on a terminal. Numbers come in; lines, bars and tables go out. */
package dev.millrace.local.terminal;
