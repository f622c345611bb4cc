/**
 * What each pipeline's state was built from, kept on the broker, and which declaration may go on with it. A declaration
 * comes in; the one to run, and why it is not that one, goes out.
 */
package dev.millrace.service.state;
