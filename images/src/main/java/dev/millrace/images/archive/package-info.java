/** Images as files. A base, a recipe and a name come in; a tar that every container engine loads, and its digest, go out. */
package dev.millrace.images.archive;
