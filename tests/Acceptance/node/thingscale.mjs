// An agent as ThingScale's users write it, with the npm package mqtt and fetch: arguments are the MQTT address, the base URL, the API token, the user's ThingScale id,
// the device token and a device's id; what it found is one line of JSON.
import mqtt from 'mqtt';

const [broker, base, apiToken, user, deviceToken, device] = process.argv.slice(2);

const api = async (method, path, body, headers = {}) => {
  const response = await fetch(`${base}/v2/${path}`, {
    method,
    headers: { 'X-APITOKEN': apiToken, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
};

const connect = (options = {}) =>
  new Promise((resolve, reject) => {
    const client = mqtt.connect(broker, { username: user, password: deviceToken, reconnectPeriod: 0, ...options });
    client.once('connect', () => resolve(client));
    client.once('error', reject);
  });

const publish = (client, topic, payload, qos) =>
  new Promise((resolve, reject) =>
    client.publish(`${deviceToken}/${topic}`, payload, { qos }, (error) => (error ? reject(error) : resolve())),
  );

const subscribe = (client, filter) =>
  new Promise((resolve, reject) =>
    client.subscribe(filter, { qos: 1 }, (error, granted) => (error ? reject(error) : resolve(granted[0].qos))),
  );

const until = async (what, ask) => {
  for (let tries = 0; tries < 1000; tries++) {
    const found = await ask();
    if (found) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain: ${what}`);
};

const rows = async () => (await api('GET', 'stream/0', undefined, { 'X-ENDTIME': 'last', 'X-PAGELIMIT': '100' })).body.stream;

const refused = await connect({ password: 'wrong' }).then(
  () => null,
  (error) => error.message,
);

// The first message makes the device, which is then mapped to a channel.
const agent = await connect({ clientId: `${device}_a1b2` });
await publish(agent, `json/${device}`, '{"n":0}', 1);
const made = (await api('GET', `device/${device}`)).body[0];
await api('POST', 'channel/0', { channel_name: 'sensor_1' });
await api('PUT', `device/${device}`, { mapped_ch: 0 });

// What it publishes, in every form and at every QoS.
await publish(agent, `json/${device}`, '{"n":1}', 0);
await until('the message at QoS 0', async () => (await rows()).length === 1);
await publish(agent, `json/${device}/tagged`, '{"n":2}', 1);
await publish(agent, `json/${device}`, '3.5', 2);
await publish(agent, `binary/${device}`, Buffer.from([0, 255, 16]), 1);
await publish(agent, device, 'v=21.5&v2=40', 1);
await publish(agent, `state/${device}`, 'health=OK&load=5.9&uptime=250036', 1);
await new Promise((resolve) => agent.publish(`${'1'.repeat(32)}/json/${device}`, '{"n":"wrong"}', { qos: 1 }, resolve));

// An old client, whose will is published when its connection breaks.
const dying = await connect({
  clientId: 'dying',
  protocolId: 'MQIsdp',
  protocolVersion: 3,
  will: { topic: `${deviceToken}/json/${device}/will`, payload: '{"n":9}', qos: 1 },
});
const sessions = (await api('GET', 'session')).body;
dying.stream.destroy();
await until('the will', async () => (await rows()).some((row) => row.tag === 'will'));

// What is published to it.
const received = [];
agent.on('message', (topic, payload) => received.push({ topic: topic.replace(deviceToken, 'TOKEN'), payload: payload.toString() }));
const granted = [];
for (const filter of [`${deviceToken}/${device}/subscribe`, `${deviceToken}/#`, `${deviceToken}/+/subscribe`, '#']) {
  granted.push(await subscribe(agent, filter));
}
const published = await api('POST', `publish/${device}`, { qos: 1, payload: 'dout=on' });
await until('what was published', () => received.length > 0);

// A device that is made while all are subscribed to.
await api('POST', `device/${device}-late`);
await api('POST', `publish/${device}-late`, { payload: 'hello' });
await until('what was published to the late one', () => received.length > 1);

const shown = (await api('GET', `device/${device}`)).body[0];
process.stdout.write(
  `${JSON.stringify({
    refused,
    mapped: made.mapped_ch,
    rows: (await rows()).map(({ tag, value, value2 }) => ({ tag, value, value2 })),
    state: shown.state,
    sessions: sessions.map(({ client_id, clean_sess, proto_ver, keepalive }) => ({ client_id, clean_sess, proto_ver, keepalive })),
    granted,
    published: published.status,
    received,
  })}\n`,
);
process.exit(0);
