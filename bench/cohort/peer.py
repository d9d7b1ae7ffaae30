"""SQLite with the same rows and questions: reads the Parquet export as CSV text from stdin, prints seconds as JSON."""
import csv, json, os, resource, sqlite3, sys, tempfile, time

path = os.path.join(tempfile.mkdtemp(), "peer.sqlite")
base = sqlite3.connect(path)
rows = csv.reader(sys.stdin)
names = next(rows)
base.execute("CREATE TABLE discs (%s)" % ", ".join('"%s"' % name for name in names))
started = time.perf_counter()
base.executemany("INSERT INTO discs VALUES (%s)" % ", ".join("?" * len(names)), rows)
base.commit()
filling = time.perf_counter() - started
questions = json.loads(sys.argv[1])
times = {}
for name, sql in questions.items():
    runs = []
    for _ in range(5):
        started = time.perf_counter()
        base.execute("SELECT count(*) FROM (%s)" % sql["select"]).fetchall()
        base.execute("SELECT * FROM (%s) %s LIMIT 100" % (sql["select"], sql["order"])).fetchall()
        runs.append(time.perf_counter() - started)
    times[name] = sorted(runs)[2]
print(json.dumps({"version": sqlite3.sqlite_version, "filling": filling, "times": times}))
