package dev.convector.examples.spark;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.convector.examples.Photo;
import dev.convector.examples.page.Models;
import dev.convector.examples.page.Page;
import dev.convector.examples.page.Page.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** What the pictures of a folder say, as a distributed data set. */
final class PictureTexts {
  /**
   * A row for each picture: where it is, its lines of text, how many, the mean confidence of their
   * characters; or null and 0 for these and why it can't be read.
   */
  static final StructType ROW =
      new StructType()
          .add("path", StringType)
          .add("text", StringType)
          .add("lines", IntegerType)
          .add("confidence", DoubleType)
          .add("error", StringType);

  private PictureTexts() {}

  /**
   * Describes the work; an action does it.
   *
   * @param folder of PNGs and JPEGs; other files, and damaged ones, become rows with an error
   * @param parts tasks that the pictures are shared between
   */
  static Dataset<Row> of(SparkSession spark, String folder, int parts) throws IOException {
    Broadcast<Models> models =
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(Models.bundled());
    StructType file = new StructType().add("path", StringType).add("content", BinaryType);
    return spark
        .read()
        .format("binaryFile")
        .load(folder)
        .selectExpr(file.fieldNames())
        .repartition(parts)
        .map(
            (MapFunction<Row, Row>) picture -> read(models, picture.getString(0), picture.getAs(1)),
            Encoders.row(ROW));
  }

  private static Row read(Broadcast<Models> models, String path, byte[] content) {
    Photo photo;
    try {
      photo = Photo.read(new ByteArrayInputStream(content), path);
    } catch (IOException e) {
      return RowFactory.create(path, null, 0, 0.0, e.getMessage());
    }
    Page page = Readers.of(models).read(photo);
    String text = page.lines().stream().map(Line::text).collect(Collectors.joining("\n"));
    double confidence = page.lines().stream().mapToDouble(Line::confidence).average().orElse(0);
    return RowFactory.create(path, text, page.lines().size(), confidence, null);
  }
}
