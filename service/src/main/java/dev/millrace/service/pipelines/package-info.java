/** Which pipelines there are: declarations come in, started and stopped pipelines go out. */
package dev.millrace.service.pipelines;
