"""User and system time of fresh processes, median and least, in milliseconds.

measure.py RUNS [--before SHELL] COMMAND... [-- COMMAND...]: several commands take turns.
"""

import os
import statistics
import subprocess
import sys


def cpu(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        sys.exit(f"{command} ended with {process.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def main():
    runs, rest = int(sys.argv[1]), sys.argv[2:]
    before = None
    if rest[0] == "--before":
        before, rest = rest[1], rest[2:]
    commands = [[]]
    for word in rest:
        if word == "--":
            commands.append([])
        else:
            commands[-1].append(word)
    times = [[] for _ in commands]
    for _ in range(runs + 1):
        for command, measured in zip(commands, times):
            if before:
                subprocess.run(before, shell=True, check=True)
            measured.append(cpu(command))
    # The first of each only warms the caches.
    times = [measured[1:] for measured in times]
    for measured in times:
        print(f"  {statistics.median(measured):8.2f} ms   least {min(measured):8.2f} ms")
    if len(times) == 2:
        ratio = statistics.median(times[1]) / statistics.median(times[0])
        print(f"  ratio {ratio:.3f}, of the least {min(times[1]) / min(times[0]):.3f}")


main()
