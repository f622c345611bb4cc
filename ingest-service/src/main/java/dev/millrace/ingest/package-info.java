/** Sources come in, over HTTP and from files; raw events, or rejections, go out. */
package dev.millrace.ingest;
