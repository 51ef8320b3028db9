// Two programs and one operation: an agent that gets operations by long polling, WebSocket or MQTT, and a subscriber that watches them with @c8y/client and with a Bayeux WebSocket of its own. Arguments
// are base URL, MQTT address, tenant, user, password, the agent's way (long-polling, websocket or mqtt) and how many operations; what was seen is one line of JSON.
import { createRequire } from 'node:module';
import mqtt from 'mqtt';

const require = createRequire(import.meta.url);
const { BasicAuth, Client } = require('@c8y/client');
const WebSocket = require('ws');
const [base, broker, tenant, user, password, way, count] = process.argv.slice(2);
const basic = Buffer.from(`${tenant}/${user}:${password}`).toString('base64');
const headers = { Authorization: `Basic ${basic}`, 'Content-Type': 'application/json', Accept: 'application/json' };
const serial = `two-clients-${way}`;

const until = async (what, isSo) => {
  for (let tries = 0; tries < 600; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain: ${what}`);
};

// Bayeux over a socket, as its specification reads: one handshake, one subscription, and a connect after each answer to one.
const bayeuxSocket = (path, subscription, receive) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${base.replace(/^http/, 'ws')}${path}`);
    const send = (message) => socket.send(JSON.stringify([message]));
    let clientId;
    socket.on('error', reject);
    socket.on('open', () =>
      send({ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket'], ext: { 'com.cumulocity.authn': { token: basic } } }),
    );
    socket.on('message', (frame) => {
      for (const message of JSON.parse(frame)) {
        if (message.channel === '/meta/handshake') {
          clientId = message.clientId;
          send({ channel: '/meta/subscribe', clientId, subscription });
        } else if (message.channel === '/meta/subscribe') {
          send({ channel: '/meta/connect', clientId, connectionType: 'websocket' });
          resolve(socket);
        } else if (message.channel === '/meta/connect') {
          send({ channel: '/meta/connect', clientId, connectionType: 'websocket' });
        } else {
          receive(message);
        }
      }
    });
  });

// The same by long polling: a poll is open at all times.
const bayeuxPolling = async (path, subscription, receive) => {
  const post = async (message) => (await fetch(base + path, { method: 'POST', headers, body: JSON.stringify([message]) })).json();
  const [{ clientId }] = await post({ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] });
  await post({ channel: '/meta/subscribe', clientId, subscription });
  const poll = async () => {
    for (;;) {
      for (const message of await post({ channel: '/meta/connect', clientId, connectionType: 'long-polling' })) {
        if (!message.channel.startsWith('/meta/')) receive(message);
      }
    }
  };
  poll().catch((error) => {
    console.error(error);
    process.exit(1);
  });
};

const client = await Client.authenticate({ user: `${tenant}/${user}`, password }, base);
const connect = () =>
  new Promise((resolve, reject) => {
    const connection = mqtt.connect(broker, { username: `${tenant}/${user}`, password, clientId: serial, reconnectPeriod: 0 });
    connection.once('connect', () => resolve(connection));
    connection.once('error', reject);
  });
const publish = (connection, topic, payload) =>
  new Promise((resolve, reject) => connection.publish(topic, payload, { qos: 1 }, (error) => (error ? reject(error) : resolve())));

// The agent works on what it gets, and keeps a list of it.
const worked = [];
const failures = [];
const work = (id, start, end) => {
  worked.push(id);
  return start().then(end).catch((error) => failures.push(String(error)));
};
const overRest = ({ data }) =>
  work(
    data.id,
    () => client.operation.update({ id: data.id, status: 'EXECUTING' }),
    () => client.operation.update({ id: data.id, status: 'SUCCESSFUL' }),
  );
let device;
if (way === 'mqtt') {
  const connection = await connect();
  connection.on('message', (topic, payload) => {
    if (topic === 'devicecontrol/notifications') {
      const { id } = JSON.parse(payload);
      work(
        id,
        () => publish(connection, 's/us', `504,${id}`),
        () => publish(connection, 's/us', `506,${id}`),
      );
    }
  });
  await publish(connection, 's/us', `100,Agent by ${way},two-clients`);
  await publish(connection, 's/us', '114,c8y_Restart');
  await new Promise((resolve, reject) => connection.subscribe(['devicecontrol/notifications'], { qos: 1 }, (error) => (error ? reject(error) : resolve())));
  const answer = await fetch(`${base}/identity/externalIds/c8y_Serial/${serial}`, { headers });
  device = (await answer.json()).managedObject.id;
} else {
  device = (await client.inventory.create({ name: `Agent by ${way}`, c8y_IsDevice: {}, com_cumulocity_model_Agent: {} })).data.id;
  await (way === 'websocket' ? bayeuxSocket : bayeuxPolling)('/notification/operations', `/${device}`, overRest);
}

// The watchers.
const official = [];
const own = [];
client.realtime.subscribe(`/operations/${device}`, (message) => official.push(message));
await bayeuxSocket('/cep/realtime', '/operations/*', (message) => {
  if (message.channel === `/operations/${device}`) own.push(message);
});
const probes = [];
const create = async (n) => (await client.operation.create({ deviceId: device, description: `${n}`, c8y_Restart: {} })).data.id;
await until('the official client is subscribed', async () => {
  if (official.length === 0) probes.push(await create('probe'));
  return official.length > 0;
});
const ended = (seen, id) => seen.some(({ data }) => data.data.id === id && data.data.status === 'SUCCESSFUL');
await until('the probes are over', () => probes.every((id) => ended(own, id)));

const operations = [];
for (let n = 0; n < Number(count); n++) {
  operations.push(await create(n));
}
await until('all are seen to the end', () => [official, own].every((seen) => operations.every((id) => ended(seen, id))));

// One more after them: what would come twice has come by then.
const last = await create('last');
await until('the last one is seen', () => [official, own].every((seen) => ended(seen, last)));
const story = (seen, id) => seen.filter(({ data }) => data.data.id === id).map(({ data }) => `${data.realtimeAction} ${data.data.status}`).join(', ');
const stories = (seen) => {
  const counts = {};
  for (const id of operations) {
    const told = story(seen, id);
    counts[told] = (counts[told] ?? 0) + 1;
  }
  return counts;
};
console.log(
  JSON.stringify({
    official: stories(official),
    own: stories(own),
    worked: worked.filter((id) => operations.includes(id)).length,
    failures,
    statuses: [...new Set(await Promise.all(operations.map(async (id) => (await client.operation.detail(id)).data.status)))],
  }),
);
process.exit(0);
