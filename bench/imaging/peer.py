"""Reads DICOM with pydicom and prints the seconds of each run: the peer of bench/imaging.

Input (stdin, JSON): {"repeats", "files": {name: [paths]}} decodes the pixels of the files of each name together, or
{"repeats", "folder"} reads the headers of every file below a folder.
Output: {"version", "seconds": {name: [seconds] or why there are none}}, under the name "index" for a folder.
"""
import json
import os
import sys
import time

import pydicom


def timed(work, repeats):
    """Seconds of each run after one to warm up."""
    seconds = []
    for run in range(repeats + 1):
        start = time.perf_counter()
        work()
        if run >= 1:
            seconds.append(time.perf_counter() - start)
    return seconds


def decode(paths):
    for path in paths:
        pydicom.dcmread(path).pixel_array


def index(folder):
    """What tells series apart and orders their slices, as our own index has it."""
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            header = pydicom.dcmread(os.path.join(place, name), stop_before_pixels=True)
            header.SeriesInstanceUID, header.ImagePositionPatient, header.ImageOrientationPatient
            header.PixelSpacing, header.Rows, header.Columns, header.EchoTime, header.RepetitionTime
            found += 1
    return found


def main():
    job = json.load(sys.stdin)
    seconds = {}
    for name, paths in job.get("files", {}).items():
        try:
            seconds[name] = timed(lambda: decode(paths), job["repeats"])
        except Exception as error:
            seconds[name] = f"not read ({type(error).__name__})"
    if "folder" in job:
        seconds["index"] = timed(lambda: index(job["folder"]), job["repeats"])
    print(json.dumps({"version": pydicom.__version__, "seconds": seconds}))


main()
