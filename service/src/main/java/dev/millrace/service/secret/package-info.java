/** The secrets that pipelines name: a name comes in, the bytes of a file go out. */
package dev.millrace.service.secret;
