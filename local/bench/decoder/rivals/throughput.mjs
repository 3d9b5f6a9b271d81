// FILE SECONDS: the Node handler over one event for some seconds, as examples/throughput.rs does with ours. FILE: its answer.
import { readFileSync } from 'node:fs';
import { handler } from './handler.mjs';

const [file, seconds] = process.argv.slice(2);
const event = readFileSync(file);
// As the runtime's client does on either side of the handler.
const once = () => Buffer.from(JSON.stringify(handler(JSON.parse(event.toString('utf8')))), 'utf8');

if (seconds) {
  console.log(JSON.stringify(measured(Number(seconds))));
} else {
  process.stdout.write(once());
}

function measured(span) {
  const warm = performance.now() + span * 250;
  while (performance.now() < warm) once();

  let events = 0;
  const begin = performance.now();
  const cpuBegin = process.cpuUsage();
  do {
    once();
    events += 1;
  } while (performance.now() - begin < span * 1000);
  const cpu = process.cpuUsage(cpuBegin);
  const wall = (performance.now() - begin) / 1000;
  const peakKiB = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  return { events, cpu_seconds: (cpu.user + cpu.system) / 1e6, wall_seconds: wall, peak_mib: peakKiB / 1024 };
}
