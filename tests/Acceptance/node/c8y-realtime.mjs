// A program as Cumulocity's users write it, with @c8y/client: it subscribes, has things happen by other doors of the cloud, and prints what it was told as one line of JSON. Arguments are the base URL,
// tenant, user, password, a device's id and UUID, and the transport: long-polling or websocket.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [base, tenant, user, password, id, uuid, transport] = process.argv.slice(2);
const { BasicAuth, FetchClient, Realtime } = require('@c8y/client');
if (transport === 'websocket') {
  // The client's own adapter for node knows no sockets.
  globalThis.window.WebSocket = require('ws');
}

const headers = { Authorization: `Basic ${Buffer.from(`${tenant}/${user}:${password}`).toString('base64')}` };
const rename = async (name) => {
  const answer = await fetch(`${base}/api/v1/devices/${uuid}`, {
    method: 'PATCH',
    headers: { ...headers, 'Content-Type': 'application/merge-patch+json' },
    body: JSON.stringify({ name }),
  });
  if (!answer.ok) throw new Error(`rename: ${answer.status} ${await answer.text()}`);
};
const write = async (value) => {
  const answer = await fetch(`${base}/write?db=iot`, { method: 'POST', headers, body: `temp,uuid=${uuid} value=${value}` });
  if (!answer.ok) throw new Error(`write: ${answer.status} ${await answer.text()}`);
};
const until = async (what, isSo, meanwhile = async () => {}) => {
  for (let tries = 0; tries < 300; tries++) {
    if (isSo()) return;
    await meanwhile(tries);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain: ${what}`);
};

const realtime = new Realtime(new FetchClient(new BasicAuth({ tenant, user, password }), base));
const objects = [];
const measurements = [];
const first = realtime.subscribe(`/managedobjects/${id}`, (message) => objects.push(message));
realtime.subscribe('/measurements/*', (message) => measurements.push(message));

await until('a notification', () => objects.length > 0, (tries) => (tries % 10 === 9 ? rename(`warm ${tries}`) : undefined));
await until('a measurement', () => measurements.length > 0, (tries) => (tries % 10 === 9 ? write(0) : undefined));
await new Promise((resolve) => setTimeout(resolve, 500));
objects.length = 0;
measurements.length = 0;
for (let i = 1; i <= 5; i++) {
  await rename(`name ${i}`);
  await write(i + 0.5);
}
await until('five notifications', () => objects.length >= 5 && measurements.length >= 5);

// Those that are unsubscribed from stay away.
realtime.unsubscribe(first);
await new Promise((resolve) => setTimeout(resolve, 500));
await rename('unheard');
await write(100);
await until('the last measurement', () => measurements.length >= 6);
console.log(
  JSON.stringify({
    names: objects.map((message) => `${message.channel} ${message.data.realtimeAction} ${message.data.data.name}`),
    values: measurements.map((message) => message.data.data.temp.value.value),
  }),
);
process.exit(0);
