// A device that has no credentials yet, with the npm package mqtt, and its admin, with fetch: arguments are the MQTT address, the base URL, the admin and its password, the bootstrap user's password and
// a serial; what it found is one line of JSON.
import mqtt from 'mqtt';

const [broker, base, admin, adminPassword, bootstrapPassword, serial] = process.argv.slice(2);
const authorization = `Basic ${Buffer.from(`${admin}:${adminPassword}`).toString('base64')}`;

const api = async (method, path, body) => {
  const response = await fetch(base + path, {
    method,
    headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
};

const connect = (username, password, clientId) =>
  new Promise((resolve, reject) => {
    const client = mqtt.connect(broker, { username, password, clientId, reconnectPeriod: 0 });
    client.once('connect', () => resolve(client));
    client.once('error', reject);
  });

const publish = (client, topic, payload) =>
  new Promise((resolve, reject) => client.publish(topic, payload, { qos: 1 }, (error) => (error ? reject(error) : resolve())));

const subscribe = (client, filter) =>
  new Promise((resolve, reject) =>
    client.subscribe(filter, { qos: 1 }, (error, granted) => (granted ? resolve(granted[0]?.qos ?? 128) : reject(error))),
  );

const found = {};
await api('POST', '/devicecontrol/newDeviceRequests', { id: serial });
const device = await connect('management/devicebootstrap', bootstrapPassword, serial);
const received = [];
device.on('message', (topic, payload) => received.push(`${topic} ${payload}`));
found.granted = [await subscribe(device, 's/dcr'), await subscribe(device, 's/ds')];
await publish(device, 's/ucr', '');
found.before = received.length;
found.accepted = (await api('PUT', `/devicecontrol/newDeviceRequests/${serial}`, { status: 'ACCEPTED' })).body?.status;
for (let tries = 0; tries < 200 && received.length === 0; tries++) {
  await publish(device, 's/ucr', '');
  await new Promise((resolve) => setTimeout(resolve, 25));
}
device.end(true);
const [id, tenant, user, password] = (received[0] ?? '').split(' ').pop().split(',');
found.credentials = [id, tenant, user];

// From now on it is itself, and nobody else.
const own = await connect(`${tenant}/${user}`, password, serial);
own.on('message', (topic, payload) => received.push(`${topic} ${payload}`));
await subscribe(own, 's/e');
await subscribe(own, 's/ds');
await publish(own, 's/us', '211,21.5');
await publish(own, 's/us', '123');
const made = (await api('GET', `/identity/externalIds/c8y_Serial/${serial}`)).body.managedObject.id;
found.measurements = (await api('GET', `/measurement/measurements?source=${made}`)).body.measurements.length;
await api('POST', '/devicecontrol/operations', { deviceId: made, c8y_Restart: {} });
for (let tries = 0; tries < 400 && !received.some((line) => line.startsWith('s/ds 510')); tries++) {
  await new Promise((resolve) => setTimeout(resolve, 25));
}
await publish(own, 's/us', '501,c8y_Restart\n503,c8y_Restart');
found.operation = (await api('GET', `/devicecontrol/operations?deviceId=${made}`)).body.operations.map((operation) => operation.status);
const other = (await api('POST', '/inventory/managedObjects', { name: 'other', c8y_IsDevice: {} })).body.id;
await api('POST', `/identity/globalIds/${other}/externalIds`, { type: 'c8y_Serial', externalId: `${serial}-other` });
received.length = 0;
await publish(own, `s/us/${serial}-other`, '211,1');
found.foreign = received;
own.end(true);
process.stdout.write(`${JSON.stringify(found)}\n`);
