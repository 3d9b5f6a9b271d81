"""FILE SECONDS: the Python handler over one event for some seconds, as examples/throughput.rs does. FILE: its answer.

Started as a program by itself, so that nothing of the bench is in its memory.
"""

import json
import sys
import time
from pathlib import Path

from bench.decoder.rivals.handler import handler

PROCESS = time.CLOCK_PROCESS_CPUTIME_ID


def main() -> None:
    file, *seconds = sys.argv[1:]
    event = Path(file).read_bytes()

    def once() -> bytes:
        # As awslambdaric does on either side of the handler.
        return json.dumps(handler(json.loads(event), None), ensure_ascii=False).encode()

    if not seconds:
        sys.stdout.buffer.write(once())
        return
    span = float(seconds[0])
    warm = time.monotonic() + span / 4
    while time.monotonic() < warm:
        once()

    events = 0
    begin, cpu_begin = time.monotonic(), time.clock_gettime(PROCESS)
    while events == 0 or time.monotonic() - begin < span:
        once()
        events += 1
    wall, cpu = time.monotonic() - begin, time.clock_gettime(PROCESS) - cpu_begin
    print(json.dumps({"events": events, "cpu_seconds": cpu, "wall_seconds": wall, "peak_mib": peak_mib()}))


def peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
