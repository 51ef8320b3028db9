// An IoT Hub device on a leash: reads a command a line from stdin, {"id":1,"do":"send",…}, and answers each with {"id":1,"ok":…} or {"id":1,"error":"…"}.
// What comes from the hub is told as {"event":"message",…}, {"event":"desired",…}, {"event":"method",…} or {"event":"disconnect"}.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import iot from 'azure-iot-device';
import mqtt from 'azure-iot-device-mqtt';

const { Client, Message, SharedAccessKeyAuthenticationProvider } = iot;
const { Mqtt } = mqtt;

let client;
let twin;

const noRetry = { shouldRetry: () => false, nextRetryTimeout: () => 0 };

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const commands = {
  async open({ connection, ca, cert, key, tokenSeconds }) {
    client = tokenSeconds
      ? Client.fromAuthenticationProvider(
          SharedAccessKeyAuthenticationProvider.fromConnectionString(connection, tokenSeconds, Math.ceil(tokenSeconds / 2)),
          Mqtt,
        )
      : Client.fromConnectionString(connection, Mqtt);
    client.setRetryPolicy(noRetry);
    const options = { ca: readFileSync(ca, 'utf8') };
    if (cert) {
      Object.assign(options, { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') });
    }
    await client.setOptions(options);
    client.on('error', (error) => tell({ event: 'failure', value: `${error.name}: ${error.message}` }));
    client.on('disconnect', () => tell({ event: 'disconnect', value: null }));
    await client.open();
  },
  async send({ body, properties, contentType }) {
    const message = new Message(typeof body === 'string' ? body : JSON.stringify(body));
    if (contentType) {
      message.contentType = contentType;
      message.contentEncoding = 'utf-8';
    }
    for (const [name, value] of Object.entries(properties ?? {})) {
      message.properties.add(name, value);
    }
    await client.sendEvent(message);
  },
  async receive() {
    client.on('message', async (message) => {
      await client.complete(message);
      const properties = Object.fromEntries(message.properties.propertyList.map(({ key, value }) => [key, value]));
      tell({ event: 'message', value: { body: message.getData().toString('utf8'), id: message.messageId, properties } });
    });
  },
  async twin() {
    twin = await client.getTwin();
    twin.on('properties.desired', (delta) => tell({ event: 'desired', value: delta }));
    return { desired: twin.properties.desired, reported: { ...twin.properties.reported, update: undefined } };
  },
  report: ({ patch }) =>
    new Promise((resolve, reject) => twin.properties.reported.update(patch, (error) => (error ? reject(error) : resolve()))),
  async method({ name, status, payload }) {
    client.onDeviceMethod(name, (request, response) => {
      tell({ event: 'method', value: { name: request.methodName, payload: request.payload } });
      response.send(status, payload);
    });
  },
  close: () => client.close().then(() => undefined),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, do: command, ...rest } = JSON.parse(line);
  commands[command](rest).then(
    (ok) => tell({ id, ok: ok ?? null }),
    (error) => tell({ id, error: `${error.name}: ${error.message}` }),
  );
}
process.exit(0);
