# SPDX-License-Identifier: BSD-2-Clause
"""Runs a harness under AFL++, and reads what became of it."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

GRACE_SECONDS = 60
CEILING_SECONDS = 5
SETTINGS = {"AFL_SKIP_CPUFREQ": "1", "AFL_NO_UI": "1", "AFL_NO_AFFINITY": "1",
            "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_AUTORESUME": "1",
            "ASAN_OPTIONS": "abort_on_error=1:symbolize=0:detect_leaks=0"}
INPUTS_AT_ONCE = 500  # as words of one command


TICKS = os.sysconf("SC_CLK_TCK")
POLL_SECONDS = 0.2


def cpu_seconds(pid):
    """CPU time of a process, of those below it, and of those below it that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS + sum(map(cpu_seconds, below))


def wait_all(instances, seconds):
    """Waits for processes; returns the CPU time that each took, and all exit statuses."""
    end, used = time.monotonic() + seconds + GRACE_SECONDS, [0.0] * len(instances)
    while any(instance.poll() is None for instance in instances):
        used = [max(before, cpu_seconds(instance.pid))
                for before, instance in zip(used, instances)]
        if time.monotonic() > end:
            raise SystemExit("fuzz: an instance of AFL++ does not end")
        time.sleep(POLL_SECONDS)
    return used, [instance.returncode for instance in instances]


def start(build, harness, folders, seconds, role, flags, log):
    """One instance; its output goes to the file."""
    seeds, out = folders
    command = ["afl-fuzz", "-V", str(seconds), "-i", str(seeds), "-o", str(out), *role, *flags,
               "--", str(build / f"fuzz-{harness}")]
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT,
                            env={**os.environ, **SETTINGS})


def stats_of(folder):
    """An instance's fuzzer_stats: {name: text}; empty if it never began."""
    path = folder / "fuzzer_stats"
    if not path.exists():
        return {}
    return dict(re.findall(r"^(\w+)\s*: (.*)$", path.read_text(encoding="utf-8"), re.M))


def speed_of(stats, seconds, before=0):
    """Executions in a second of CPU time, those of earlier runs aside."""
    return (int(stats.get("execs_done", 0)) - before) / seconds if seconds else 0.0


def ceiling(build):
    """Executions in a second of CPU time of a harness that does nothing."""
    seeds, out = build / "empty-seeds", build / "empty-afl"
    shutil.rmtree(out, ignore_errors=True)
    seeds.mkdir(exist_ok=True)
    (seeds / "zeros").write_bytes(bytes(64))
    with open(build / "empty.log", "wb") as log:
        used, _ = wait_all([start(build, "empty", (seeds, out), CEILING_SECONDS, [], [], log)],
                           CEILING_SECONDS)
    return speed_of(stats_of(out / "default"), used[0])


def reached_by(build, harness, queues):
    """What the harness prints when all inputs of these folders run once more."""
    inputs = [str(path) for queue in queues for path in sorted(queue.glob("id:*"))]
    texts = []
    for at in range(0, len(inputs), INPUTS_AT_ONCE):
        done = subprocess.run([str(build / f"fuzz-{harness}"), *inputs[at:at + INPUTS_AT_ONCE]],
                              capture_output=True, text=True, errors="replace", check=False)
        texts.append(done.stderr)
    return texts


def tell_crashes(build, harness, crashes):
    """Prints what each input shows that an instance kept as a crash."""
    for path in sorted(crashes.glob("id:*")):
        done = subprocess.run([str(build / f"fuzz-{harness}"), str(path)], capture_output=True,
                              text=True, errors="replace", check=False)
        shown = [line for line in done.stderr.splitlines()
                 if line.startswith(("finding:", "  ", "SUMMARY"))]
        print(f"{os.path.relpath(path)}")
        print("\n".join(shown[:3]))


def seeds_for(build, root, harness):
    """The folder of seeds; where there are none, an input of zeros, which is a plain one."""
    seeds = Path(root) / "corpora" / harness
    if seeds.is_dir():
        return seeds
    seeds = build / f"{harness}-seeds"
    seeds.mkdir(exist_ok=True)
    (seeds / "zeros").write_bytes(bytes(24))
    return seeds


def run(options, flags, reached):
    """Runs the instances; returns the exit status. `reached` counts what a text says."""
    build, harness = Path(options.build), options.harness
    out, seeds = build / f"{harness}-afl", seeds_for(build, options.root, harness)
    most = ceiling(build)
    roles = [["-M", "main"]] + [["-S", f"second{n}"] for n in range(1, options.jobs)]
    roles = roles if options.jobs > 1 else [["-S", "main"]]
    names = [role[1] for role in roles]
    earlier = [int(stats_of(out / name).get("execs_done", 0)) for name in names]
    instances = []
    for role in roles:
        with open(build / f"{harness}-{role[1]}.log", "wb") as log:
            instances.append(start(build, harness, (seeds, out), options.seconds, role, flags, log))
    used, statuses = wait_all(instances, options.seconds)
    well, total, speed = True, 0, 0.0
    for number, (name, status) in enumerate(zip(names, statuses)):
        stats = stats_of(out / name)
        done, crashes = int(stats.get("execs_done", 0)), int(stats.get("saved_crashes", 0))
        loaded = int(stats.get("corpus_count", 0)) - int(stats.get("corpus_found", 0)) - int(
            stats.get("corpus_imported", 0))
        print(f"fuzz: {name}: {loaded} seeds loaded, {done} executions, "
              f"{stats.get('corpus_found', 0)} inputs found, "
              f"{stats.get('corpus_imported', 0)} imported, {crashes} crashes, "
              f"{stats.get('saved_hangs', 0)} hangs")
        if status != 0 or loaded == 0 or done == 0:
            print(f"fuzz: {name} ended with status {status}; see {build}/{harness}-{name}.log")
            well = False
        tell_crashes(build, harness, out / name / "crashes")
        well = well and crashes == 0
        total += done - earlier[number]
        speed += speed_of(stats, used[number], earlier[number]) / len(names)
    texts = reached_by(build, harness, [out / name / "queue" for name in names])
    if not any(reached(text) for text in texts):
        print("fuzz: nothing was reached: worth nothing")
        well = False
    share = 100 * speed / most if most else 0
    print(f"fuzz {harness}: {total} executions under AFL++, {speed:.0f} in a second of CPU time; "
          f"a harness that does nothing: {most:.0f} ({share:.0f} %)")
    return 0 if well else 1
