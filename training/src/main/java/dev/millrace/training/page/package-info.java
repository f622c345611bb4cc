/** Tested models come in; pages for people, and JSON for programs, go out. */
package dev.millrace.training.page;
