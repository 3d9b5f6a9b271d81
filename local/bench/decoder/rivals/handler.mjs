// A straightforward handler: decode, decompress, parse, join. Events end in one newline each, as ours do.
import { gunzipSync } from 'node:zlib';

export function handler(event) {
  return { records: event.records.map(transformed) };
}

function transformed({ recordId, data }) {
  let message;
  try {
    message = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString('utf8'));
  } catch {
    return { recordId, result: 'ProcessingFailed' };
  }
  if (message.messageType === 'CONTROL_MESSAGE') {
    return { recordId, result: 'Dropped' };
  }
  if (message.messageType !== 'DATA_MESSAGE') {
    return { recordId, result: 'ProcessingFailed' };
  }
  const source = `${message.logGroup}:${message.logStream}`;
  const lines = message.logEvents.map((event) => {
    const text = event.message.endsWith('\n') ? event.message : `${event.message}\n`;
    return `${source}\t${event.timestamp}\t${text}`;
  });
  return { recordId, result: 'Ok', data: Buffer.from(lines.join(''), 'utf8').toString('base64') };
}
