/** The reference pages of docs/ that the sources of the services keep true. */
package dev.millrace.service.docs;
