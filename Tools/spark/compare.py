#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One meter job undivided, under `xargs -P` and on a standalone Spark cluster on the loopback: do they write the same bytes?

    compare.py YUSU [--meters 300] [--days 20] [--workers 2] [--shards 7] [--keep FOLDER] [--without-spark] [--measure]

Makes a synthetic, seeded export of two files with duplicates, conflicts, gaps, meters that stand still, leak, are exchanged or are not in the
export at all, then runs `yusu meters import` and `report`, `meters map` under xargs, and meters.py on a master and workers of one core each,
which it starts and ends. --measure tells the seconds of each, xargs with one process and with two, Spark with one worker and with two.
Needs PySpark, pyarrow and pandas in the Python that runs it, and Java 17 (`Tools/spark/install`). Ends with 1 where the files differ, with
77 where Spark or Java is missing.
"""
import argparse, filecmp, os, random, resource, shutil, socket, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))


def export(folder, meters, days, seed=5):
    """Two files: the second brings late rows and others for instants that the first has."""
    rng = random.Random(seed)
    value = [rng.randrange(10_000, 900_000) for _ in range(meters)]
    with open(os.path.join(folder, "reads2.csv"), "w") as first, open(os.path.join(folder, "reads10.csv"), "w") as second:
        for file in (first, second):
            file.write("time,meter,value\n")
        for hour in range(days * 24):
            stamp = f"2026-06-{1 + hour // 24:02d}T{hour % 24:02d}:00" if days <= 30 else time.strftime(
                "%Y-%m-%dT%H:00", time.gmtime(1_780_272_000 + 3600 * hour))
            lines, late = [], []
            for meter in range(meters):
                if meter % 50 != 7 or hour < 9 * days:
                    value[meter] += rng.choice((0, 0, 0, 4, 11, 38)) + (6 if meter % 20 == 3 and hour > 100 else 0)
                if meter % 90 == 11 and hour == 12 * days:
                    value[meter] = 3
                chance = rng.random()
                row = f"{stamp},M{meter:07d},{value[meter] % 1_000_000}\n"
                if chance > 0.03:
                    lines.append(row)
                elif chance > 0.02:
                    late.append(row)
                elif chance > 0.015:
                    lines += [row, row]
                elif chance > 0.01:
                    lines.append(f"{stamp},M{meter:07d},{value[meter] % 1_000_000 + 2}\n")
                    late.append(row)
            first.write("".join(lines))
            second.write("".join(late))
    with open(os.path.join(folder, "register.csv"), "w") as file:
        file.write("meter,zone,class,diameter_mm,installed\n")
        for meter in range(meters + 2):
            file.write(f"M{meter:07d},Z{meter % 10},{'commercial' if meter % 6 == 0 else 'residential'},{20 if meter % 40 else 50},2015\n")
    with open(os.path.join(folder, "profile.yaml"), "w") as file:
        file.write("columns: {meter: meter, time: time, value: value}\nkind: register\nunit: L\ntime_zone: \"+07:00\"\nregister_digits: 6\n")


class Took:
    """Seconds by the clock and of the processors (user and system, of the processes begun in the block and ended in it)."""

    def __enter__(self):
        self.began = time.monotonic(), self.processors()
        return self

    def __exit__(self, *_):
        self.clock, self.cpu = time.monotonic() - self.began[0], self.processors() - self.began[1]

    @staticmethod
    def processors():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    def __str__(self):
        return f"{self.clock:.2f} s, {self.cpu:.2f} CPU-s"


def run(command, folder, **more):
    process = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if process.returncode != 0:
        sys.exit(f"{command if isinstance(command, str) else ' '.join(command)}\nended with {process.returncode}:\n"
                 f"{process.stderr[-6000:]}{process.stdout[-2000:]}")


def same(folder, one, other):
    names = sorted(os.listdir(os.path.join(folder, one)))
    found = sorted(os.listdir(os.path.join(folder, other)))
    different = filecmp.cmpfiles(os.path.join(folder, one), os.path.join(folder, other), names, shallow=False)
    if names != found or different[1] or different[2]:
        sys.exit(f"{other} differs from {one}: {', '.join(different[1] + different[2]) or found}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A master and workers of one core each on the loopback, ended with the block."""

    def __init__(self, folder, workers):
        import pyspark

        home = os.path.dirname(pyspark.__file__)
        self.folder, self.workers = folder, workers
        self.program = os.path.join(home, "bin", "spark-class")
        self.submit = os.path.join(home, "bin", "spark-submit")
        self.environment = dict(
            os.environ, SPARK_HOME=home, SPARK_LOCAL_IP="127.0.0.1", SPARK_LOCAL_HOSTNAME="127.0.0.1", PYSPARK_PYTHON=sys.executable,
            PYSPARK_DRIVER_PYTHON=sys.executable, SPARK_LOG_DIR=folder, SPARK_WORKER_DIR=os.path.join(folder, "work"),
            SPARK_LOCAL_DIRS=os.path.join(folder, "local"), SPARK_DAEMON_MEMORY="256m")
        self.processes = []

    def start(self, *words):
        log = open(os.path.join(self.folder, f"spark{len(self.processes)}.log"), "w")
        self.processes.append(subprocess.Popen([self.program] + list(words), env=self.environment, stdout=log, stderr=log))

    def __enter__(self):
        port = free_port()
        self.url = f"spark://127.0.0.1:{port}"
        self.start("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        for _ in range(self.workers):
            self.start("org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g",
                       self.url)
        deadline = time.monotonic() + 120
        while self.log(0).count("Registering worker") < self.workers:
            if time.monotonic() > deadline or any(process.poll() is not None for process in self.processes):
                self.__exit__()
                sys.exit("the cluster does not start:\n" + "".join(self.log(k)[-1500:] for k in range(len(self.processes))))
            time.sleep(0.2)
        return self

    def log(self, number):
        with open(os.path.join(self.folder, f"spark{number}.log")) as file:
            return file.read()

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()

    def job(self, *words):
        return [self.submit, "--master", self.url, "--conf", "spark.driver.host=127.0.0.1", "--conf", "spark.driver.bindAddress=127.0.0.1",
                "--conf", "spark.ui.enabled=false", "--driver-memory", "512m", "--executor-memory", "700m", "--executor-cores", "1",
                os.path.join(HERE, "meters.py")] + list(words)


def missing():
    """Why Spark cannot be run here; empty where it can."""
    if shutil.which("java") is None:
        return "Java is not installed"
    for name in ("pyspark", "pyarrow", "pandas"):
        try:
            __import__(name)
        except ImportError:
            return f"the Python package {name} is not installed"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yusu")
    for name, value in (("meters", 300), ("days", 20), ("workers", 2), ("shards", 7), ("partitions", 6)):
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--keep")
    parser.add_argument("--without-spark", action="store_true")
    parser.add_argument("--measure", action="store_true")
    arguments = parser.parse_args()
    yusu = os.path.abspath(arguments.yusu)
    if not arguments.without_spark and missing():
        print(f"skipped: {missing()}; see Tools/spark/install")
        return 77
    folder = arguments.keep or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)

    def tell(line):
        if arguments.measure:
            print(line, flush=True)

    try:
        if not os.path.exists(os.path.join(folder, "reads2.csv")):
            export(folder, arguments.meters, arguments.days)
        for name in ("whole", "xargs", "spark1", "spark2", "store.sqlite"):
            path = os.path.join(folder, name)
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif os.path.exists(path):
                os.remove(path)
        # Of one reading in two files the later file's stands: reads10 follows reads2.
        with Took() as took:
            run([yusu, "meters", "import", "--quiet", "--store", "store.sqlite", "--profile", "profile.yaml", "--register", "register.csv",
                 "reads10.csv", "reads2.csv"], folder)
            run([yusu, "meters", "report", "--store", "store.sqlite", "--output", "whole"], folder)
        tell(f"undivided: {took}")
        end = time.strftime("%Y-%m-%dT%H:00", time.gmtime(1_780_272_000 + 3600 * (24 * arguments.days - 1)))
        period = ["--from", "2026-06-01", "--to", end]
        for processes in (1, 2) if arguments.measure else (2,):
            with Took() as took:
                run(f"""rm -rf xargs shards; mkdir shards; for file in reads2.csv reads10.csv; do awk -F, -v file=$file '
                    FNR == 1 {{ for (s = 0; s < {arguments.shards}; s++) print > ("shards/" s "-" file); next }}
                    {{ print > ("shards/" substr($2, 2) % {arguments.shards} "-" file) }}' $file; done""", folder, shell=True)
            tell(f"xargs -P {processes}: division by awk {took}")
            with Took() as took:
                run(f"""seq 0 {arguments.shards - 1} | xargs -P {processes} -I {{}} {yusu} meters map --quiet --profile profile.yaml \
                    --register register.csv {' '.join(period)} --output shards/{{}}.part shards/{{}}-reads2.csv shards/{{}}-reads10.csv""",
                    folder, shell=True)
            size = sum(os.path.getsize(os.path.join(folder, "shards", name)) for name in os.listdir(os.path.join(folder, "shards"))
                       if name.endswith(".part"))
            tell(f"xargs -P {processes}: map {took}; partial results {size} bytes")
            with Took() as took:
                run(f"{yusu} meters reduce --output xargs --register register.csv shards/*.part", folder, shell=True)
            tell(f"xargs -P {processes}: reduce {took}")
            same(folder, "whole", "xargs")
        done = "xargs -P"
        if not arguments.without_spark:
            for workers in (1, 2) if arguments.measure else (arguments.workers,):
                logs = os.path.join(folder, f"cluster{workers}")
                os.makedirs(logs, exist_ok=True)
                with Took() as all_told:
                    with Cluster(logs, workers) as cluster:
                        words = ["--yusu", yusu, "--profile", "profile.yaml", "--register", "register.csv", "--meter-column", "meter",
                                 "--partitions", str(arguments.partitions), "--group", "2", "--output", f"spark{workers}"] + period
                        with Took() as took:
                            run(cluster.job(*words, os.path.join(folder, "reads2.csv"), os.path.join(folder, "reads10.csv")), folder,
                                env=cluster.environment)
                same(folder, "whole", f"spark{workers}")
                tell(f"Spark, {workers} worker{'s' if workers > 1 else ''}: {took.clock:.2f} s of {all_told} with the cluster's start")
            done += " and Spark"
        print(f"same bytes undivided, under {done}: {', '.join(sorted(os.listdir(os.path.join(folder, 'whole'))))}")
        return 0
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
