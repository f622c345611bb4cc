/** What each image is made of, as CycloneDX says it. The files of an image come in, its bill of materials goes out. */
package dev.millrace.images.bill;
