/** Many pictures, on Apache Spark: one reader a JVM, its models broadcast once. */
package dev.convector.examples.spark;
