// An agent as users of Cumulocity's MQTT service write it, with the npm package mqtt and fetch: arguments are the MQTT address, the base URL, user, password and a serial; what it found is one line of
// JSON. It subscribes to what thin-edge.io's bridge subscribes to.
import mqtt from 'mqtt';

const [broker, base, user, password, serial] = process.argv.slice(2);
const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const api = async (method, path, body, headers = {}) => {
  const response = await fetch(base + path, {
    method,
    headers: { authorization, accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
};

const connect = (options = {}) =>
  new Promise((resolve, reject) => {
    const client = mqtt.connect(broker, { username: user, password, clientId: serial, reconnectPeriod: 0, ...options });
    client.once('connect', () => resolve(client));
    client.once('error', reject);
  });

const publish = (client, topic, payload, qos = 1) =>
  new Promise((resolve, reject) => client.publish(topic, payload, { qos }, (error) => (error ? reject(error) : resolve())));

const subscribe = (client, filter) =>
  new Promise((resolve, reject) =>
    client.subscribe(filter, { qos: 1 }, (error, granted) => (granted ? resolve(granted[0]?.qos ?? 128) : reject(error))),
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

const receive = (client) => {
  const received = [];
  client.on('message', (topic, payload) => received.push(`${topic} ${payload}`));
  return received;
};

// The next message that is not looked at yet and begins so.
const take = (received, start) =>
  until(start, () => {
    const place = received.findIndex((line) => line.startsWith(start));
    return place < 0 ? null : received.splice(place, 1)[0];
  });

const found = {};
found.refused = await connect({ username: `t1/${user}`, password: 'wrong' }).then(
  () => null,
  (error) => error.code,
);
found.badClientId = await connect({ clientId: `x:${serial}:y` }).then(
  () => null,
  (error) => error.code,
);

let agent = await connect();
let received = receive(agent);
found.granted = [];
const thinEdge = ['s/dt', 's/ds', 's/e', 's/dc/#', 'devicecontrol/notifications', 'error', 's/dat'];
for (const filter of [...thinEdge, '#', 's/us/#']) {
  found.granted.push(await subscribe(agent, filter));
}

// The device, and what it says of itself. The second creation has the answer that thin-edge.io looks for.
await publish(agent, 's/us', '100,Pump 1,c8y_Pump');
await publish(agent, 's/us', '100,Pump 1,c8y_Pump');
found.again = await take(received, 's/e ');
await publish(agent, 's/us', '114,c8y_Restart,c8y_Command\n117,60\n110,SN,Model 7,1.2\n123');
const id = (await take(received, 's/ds 124,')).split(',')[1];
const device = async () => (await api('GET', `/inventory/managedObjects/${id}`)).body;
const made = await device();
found.made = [made.name, made.type, made.c8y_SupportedOperations, made.c8y_RequiredAvailability, made.c8y_Hardware];
found.external = (await api('GET', `/identity/externalIds/c8y_Serial/${serial}`)).body.managedObject.id === id;

// Measurements, alarms and events.
await publish(agent, 's/us', '200,c8y_Temperature,T,25,C,2020-03-19T12:03:27.845Z', 0);
await publish(agent, 's/us', '201,Two,2020-03-20T12:03:27.845Z,f,a,1,,f,b,2.5,kWh', 2);
const measurements = async () => (await api('GET', `/measurement/measurements?source=${id}&pageSize=100`)).body.measurements;
await until('two measurements', async () => (await measurements()).length === 2);
found.measurements = (await measurements()).map(({ type, time, c8y_Temperature, f }) => ({ type, time, c8y_Temperature, f }));
await publish(agent, 's/us', '301,c8y_Hot,It is hot\n400,c8y_Door,"It is open, now"\n401,51.15,6.95');
const alarms = async () => (await api('GET', `/alarm/alarms?source=${id}&pageSize=100`)).body.alarms.map((a) => `${a.severity} ${a.status} ${a.text}`);
found.raised = await alarms();
await publish(agent, 's/us', '305,c8y_Hot,MINOR\n306,c8y_Hot');
found.cleared = await alarms();
const events = (await api('GET', `/event/events?source=${id}&pageSize=100`)).body.events;
found.events = events.map((event) => `${event.type} ${event.text}`).sort();

// Operations: on their way down and back.
const operate = async (fragment) => (await api('POST', '/devicecontrol/operations', { deviceId: id, ...fragment })).body.id;
const status = async (operation) => (await api('GET', `/devicecontrol/operations/${operation}`)).body.status;
const restart = await operate({ c8y_Restart: {} });
found.restart = [(await take(received, 's/ds 510')).replace(serial, 'SERIAL'), await status(restart)];
const notified = JSON.parse((await take(received, 'devicecontrol/notifications')).slice('devicecontrol/notifications '.length));
found.notified = [notified.id === restart, notified.deviceId === id, notified.agentId === id, notified.externalSource.externalId === serial];
await publish(agent, 's/us', '501,c8y_Restart');
found.restart.push(await status(restart));
await publish(agent, 's/us', '503,c8y_Restart');
found.restart.push(await status(restart));
const command = await operate({ c8y_Command: { text: 'say "hello"' } });
found.command = [(await take(received, 's/ds 511')).replace(serial, 'SERIAL')];
await publish(agent, 's/us', `504,${command}\n506,${command},hello`);
const done = (await api('GET', `/devicecontrol/operations/${command}`)).body;
found.command.push(done.status, done.c8y_Command);
const failing = await operate({ c8y_Restart: {} });
await take(received, 's/ds 510');
await publish(agent, 's/us', '501,c8y_Restart\n502,c8y_Restart,"no, not now"');
const failed = (await api('GET', `/devicecontrol/operations/${failing}`)).body;
found.failed = [failed.status, failed.failureReason];

// What is pending while it is away comes with 500, once.
agent.end(true);
await until('it has gone', async () => (await device()).c8y_Connection.status === 'DISCONNECTED');
await operate({ c8y_Restart: {} });
agent = await connect();
received = receive(agent);
for (const filter of thinEdge) {
  await subscribe(agent, filter);
}
await publish(agent, 's/us', '500');
await publish(agent, 's/us', '500');
await publish(agent, 's/us', '123');
await take(received, 's/ds 124');
found.pending = received.filter((line) => line.startsWith('s/ds')).map((line) => line.replace(serial, 'SERIAL'));
found.availability = (await api('GET', `/inventory/managedObjects/${id}/availability`)).body;
found.availability.deviceId = found.availability.deviceId === id;
delete found.availability.lastMessage;
delete found.availability.externalId;

// A device behind it.
await publish(agent, 's/us', `101,${serial}-c1,Sensor,c8y_Sensor`);
await publish(agent, `s/us/${serial}-c1`, '211,21.5');
const child = (await api('GET', `/identity/externalIds/c8y_Serial/${serial}-c1`)).body.managedObject.id;
found.child = (await api('GET', `/measurement/measurements?source=${child}`)).body.measurements.map((m) => m.c8y_TemperatureMeasurement);
found.children = (await api('GET', `/inventory/managedObjects/${id}/childDevices`)).body.references.map((r) => r.managedObject.name);
await api('POST', '/devicecontrol/operations', { deviceId: child, c8y_Restart: {} });
found.childOperation = (await take(received, `s/ds 510,${serial}-c1`)).replace(serial, 'SERIAL');

// JSON.
await publish(agent, 'measurement/measurements/create', JSON.stringify({ type: 'j', time: '2020-03-21T12:03:27.845Z', j: { x: { value: 7 } } }));
await publish(
  agent,
  'measurement/measurements/createBulk',
  JSON.stringify({ measurements: [8, 9].map((n) => ({ type: 'j', time: `2020-03-2${n}T00:00:00Z`, j: { x: { value: n } } })) }),
);
found.json = (await api('GET', `/measurement/measurements?source=${id}&type=j&pageSize=100`)).body.measurements.map((m) => m.j.x.value);
await publish(agent, 'event/events/create', JSON.stringify({ type: 'je', text: 'by JSON', time: '2020-03-21T12:03:27.845Z' }));
await publish(agent, 'alarm/alarms/create', JSON.stringify({ type: 'ja', text: 'by JSON', severity: 'MAJOR', time: '2020-03-21T12:03:27.845Z' }));
await publish(agent, `inventory/managedObjects/update/${serial}`, JSON.stringify({ own: { deep: [1, null, 'x'] } }));
found.jsonEvent = (await api('GET', `/event/events?source=${id}&type=je`)).body.events.length;
found.jsonAlarm = (await api('GET', `/alarm/alarms?source=${id}&type=ja`)).body.alarms.length;
found.jsonObject = (await device()).own;
await publish(agent, 'alarm/alarms/create', '{}');
const error = JSON.parse((await take(received, 'error ')).slice('error '.length));
found.error = [error.error, typeof error.messageId];

// Templates of its own, and a token for the REST API.
await publish(agent, `s/ut/${serial}-t`, '10,999,POST,MEASUREMENT,,own,,own.M.value,NUMBER,\n10,1,GET,INVENTORY,,true\n11,888,,,name,c8y_Hardware.model');
found.registered = (await take(received, 's/dt 20,')).split(',').length;
await publish(agent, `s/uc/${serial}-t`, `999,2020-03-22T12:03:27.845Z,42\n1,${id}`);
found.own = [(await take(received, 's/dc/')).replace(serial, 'SERIAL'), (await api('GET', `/measurement/measurements?source=${id}&type=own`)).body.measurements[0].own];
await publish(agent, 's/uat', '');
const token = (await take(received, 's/dat 71,')).split(',')[1];
found.token = (await api('GET', '/user/currentUser', undefined, { authorization: `Bearer ${token}` })).status;

// Too large, unknown and broken: told, and the connection stays.
await publish(agent, 's/us', `400,t,${'x'.repeat(20_000)}`);
found.oversize = (await take(received, 's/e 42')).replace(/[0-9]{5}/g, 'N');
await publish(agent, 's/us', '9999,1\n200,f');
found.wrong = [await take(received, 's/e 40'), await take(received, 's/e 45')];
await publish(agent, 's/nothing', 'x');
found.stays = agent.connected;

// Its will is a message like any other.
const dying = await connect({ clientId: `${serial}-d`, will: { topic: 's/us', payload: '400,c8y_Lost,It is lost', qos: 1 } });
await publish(dying, 's/us', '100');
dying.stream.destroy();
await until('the will', async () => {
  const known = (await api('GET', `/identity/externalIds/c8y_Serial/${serial}-d`)).body.managedObject.id;
  return (await api('GET', `/event/events?source=${known}`)).body.events.some((event) => event.type === 'c8y_Lost');
});

agent.end(true);
process.stdout.write(`${JSON.stringify(found)}\n`);
