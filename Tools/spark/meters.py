#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The meter job on Apache Spark: an export divided by meter, `yusu meters map` on each part, `yusu meters reduce` on their results.

    spark-submit [--master spark://HOST:7077] meters.py --yusu YUSU --profile P.yaml --meter-column meter_id --output OUT
        [--register R.csv] [--from DAY] [--to DAY] [--inflow I.csv] [--zones Z.csv] [--time-zone T] [--linear-gaps]
        [--partitions 64] [--group 0] [--partials DIR] FILE...

FILE is delimited text with a header line, a row a reading, plain or .gz, at a place that all workers read (a shared folder, hdfs://,
s3a://).
Spark deals the rows out by meter, and puts those of a partition in the order of the files and their lines, so that of two readings of one
instant the later one stands. YUSU is the program's path on every worker. Profile and tables are sent along.
--group N lets workers make N partial results one before they go to the driver; --partials DIR keeps what came there.
"""
import argparse, functools, os, re, shutil, subprocess, sys, tempfile, threading
from urllib.parse import urlparse

SHIPPED = ("profile", "register", "inflow", "zones")


def natural(path):
    """Order of exports as the meter store has it: by name, digits as numbers."""
    return [(1, int(part)) if part.isdigit() else (0, part.encode()) for part in re.split(r"(\d+)", os.path.basename(path))]


def told(command, process, errors):
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:3])} ended with {process.returncode}: {errors.decode(errors='replace')}")


def mapped(batches, header, yusu, options, shipped):
    """Of the rows of a partition, which come as batches of one column of lines with their line feeds: the partial result."""
    import pyarrow
    from pyspark import SparkFiles

    command = [yusu, "meters", "map", "--quiet"] + options
    for name, file in shipped.items():
        command += ["--" + name, SparkFiles.get(file)]
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages)

        def feed():
            try:
                process.stdin.write(header)
                for batch in batches:
                    column = batch.column(0)
                    if len(column) > 0:
                        _, ends, text = column.buffers()
                        ends = memoryview(ends).cast("i")
                        process.stdin.write(memoryview(text)[ends[column.offset]:ends[column.offset + len(column)]])
                process.stdin.close()
            except BrokenPipeError:
                pass  # Its reason is among the messages.

        # The rows come from this thread's reader of Spark's socket; the result is read beside it.
        result = []
        reader = threading.Thread(target=lambda: result.append(process.stdout.read()))
        reader.start()
        feed()
        reader.join()
        process.wait()
        messages.seek(0)
        told(command, process, messages.read())
    yield pyarrow.record_batch([pyarrow.array(result, pyarrow.binary())], ["partial"])


def joined(batches, yusu):
    """Of partial results: the one that they make."""
    import pyarrow

    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for batch in batches:
            for value in batch.column(0):
                paths.append(os.path.join(folder, str(len(paths))))
                with open(paths[-1], "wb") as file:
                    file.write(value.as_py())
        if not paths:
            return
        command = [yusu, "meters", "reduce", "--partial", "-"] + paths
        process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        told(command, process, process.stderr)
    yield pyarrow.record_batch([pyarrow.array([process.stdout], pyarrow.binary())], ["partial"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--yusu", required=True)
    parser.add_argument("--profile", required=True)
    parser.add_argument("--meter-column", required=True, help="its name in the header, or its number from 1")
    parser.add_argument("--delimiter", default=",")
    parser.add_argument("--output", required=True)
    for name in ("register", "inflow", "zones", "time-zone", "from", "to", "partials"):
        parser.add_argument("--" + name)
    parser.add_argument("--linear-gaps", action="store_true")
    parser.add_argument("--partitions", type=int, default=64)
    parser.add_argument("--group", type=int, default=0)
    parser.add_argument("files", nargs="+")
    arguments = vars(parser.parse_args())

    from pyspark.sql import SparkSession, functions as F

    spark = SparkSession.builder.appName("yusu meters").getOrCreate()
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 20000)
    # A partition more or less would divide the meters otherwise than was asked for.
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    shipped = {}
    for name in SHIPPED:
        if arguments[name]:
            spark.sparkContext.addFile(os.path.abspath(arguments[name]))
            shipped[name] = os.path.basename(arguments[name])
    options = [word for name in ("from", "to", "time_zone") if arguments[name] for word in ("--" + name.replace("_", "-"), arguments[name])]
    options += ["--linear-gaps"] if arguments["linear_gaps"] else []

    files = sorted(arguments["files"], key=natural)
    lines = spark.read.text(files).select("value", F.col("_metadata.file_path").alias("file"),
                                          F.col("_metadata.file_block_start").alias("block"), F.monotonically_increasing_id().alias("row"))
    header = spark.read.text(files[0]).first()[0].rstrip("\r")
    names = [name.strip().strip('"') for name in header.lstrip("\ufeff").split(arguments["delimiter"])]
    place = names.index(arguments["meter_column"]) if arguments["meter_column"] in names else int(arguments["meter_column"]) - 1
    ranks = {urlparse(path).path.rsplit("/", 1)[-1]: rank for rank, path in enumerate(files)}
    rank = functools.reduce(lambda case, item: case.when(F.element_at(F.split("file", "/"), -1) == item[0], item[1]), ranks.items(), F)
    meter = F.split("value", re.escape(arguments["delimiter"])).getItem(place)
    rows = (lines.where(F.rtrim("value") != header).withColumn("rank", rank if len(files) > 1 else F.lit(0))
            .withColumn("meter", F.trim(F.translate(meter, '"', "")))
            .repartition(arguments["partitions"], "meter").sortWithinPartitions("rank", "block", "row")
            .select(F.concat("value", F.lit("\n")).alias("value")))
    yusu = arguments["yusu"]
    partials = rows.mapInArrow(lambda batches: mapped(batches, header.encode() + b"\n", yusu, options, shipped), "partial binary")
    if arguments["group"] > 1:
        groups = -(-arguments["partitions"] // arguments["group"])
        partials = partials.coalesce(groups).mapInArrow(lambda batches: joined(batches, yusu), "partial binary")

    folder = arguments["partials"] or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    try:
        paths = []
        for row in partials.collect() if arguments["partitions"] <= 256 else partials.toLocalIterator():
            paths.append(os.path.join(folder, f"{len(paths):06d}.part"))
            with open(paths[-1], "wb") as file:
                file.write(row[0])
        spark.stop()
        command = [yusu, "meters", "reduce", "--output", arguments["output"]]
        for name in ("register", "inflow", "zones", "time_zone"):
            command += ["--" + name.replace("_", "-"), arguments[name]] if arguments[name] else []
        return subprocess.run(command + paths).returncode
    finally:
        if not arguments["partials"]:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
