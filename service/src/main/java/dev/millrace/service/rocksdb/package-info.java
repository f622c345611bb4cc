/** How much memory the stores on local disk take: of those that Kafka Streams opens, all together get one bound. */
package dev.millrace.service.rocksdb;
