/** Container images with no daemon and no registry: a Java runtime and the built services come in, one tar an image goes out. */
package dev.millrace.images;
