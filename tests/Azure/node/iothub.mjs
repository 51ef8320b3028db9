// Microsoft's client of the service API against a hub on a port of this machine: node iothub.mjs PORT. It prints what it got, a JSON line for each step; the client
// itself knows no other port than 443, and the authority of the hub's certificate comes in by NODE_EXTRA_CA_CERTS.
import https from 'node:https';
import iothub from 'azure-iothub';

const port = Number(process.argv[2]);
const { createConnection } = https.Agent.prototype;
https.Agent.prototype.createConnection = function (options, connected) {
  return createConnection.call(this, { ...options, host: '127.0.0.1', port }, connected);
};

let scopes;
const credential = {
  async getToken(wanted) {
    scopes = wanted;
    return { token: 'the-token', expiresOnTimestamp: Date.now() + 3_600_000 };
  },
};
const registry = iothub.Registry.fromTokenCredential('localhost', credential);
const client = iothub.Client.fromTokenCredential('localhost', credential);

const tell = async (step, run) => {
  try {
    console.log(JSON.stringify({ step, got: await run() }));
  } catch (error) {
    console.log(JSON.stringify({ step, error: error.name, message: error.message }));
  }
};

const id = 'pump#1';
const first = { deviceId: id, status: 'enabled', authentication: { type: 'sas', symmetricKey: { primaryKey: '', secondaryKey: '' } } };
await tell('create', async () => (await registry.create(first)).responseBody);
await tell('create again', () => registry.create(first));
await tell('create another', async () => (await registry.create({ deviceId: 'other' })).responseBody.deviceId);
await tell('get', async () => (await registry.get(id)).responseBody.status);
await tell('get nobody', () => registry.get('nobody'));
await tell('update', async () => (await registry.update({ ...first, status: 'disabled' })).responseBody.status);
await tell('list', async () => (await registry.list()).responseBody.map((device) => device.deviceId));

const { responseBody: twin } = await registry.getTwin(id);
await tell('twin', () => ({ deviceId: twin.deviceId, status: twin.status, desired: twin.properties.desired }));
const stale = twin.etag;
await tell('twin update', async () => {
  const { result } = await twin.update({ tags: { site: 'a' }, properties: { desired: { interval: 5, deep: { x: 1, y: 2 } } } });
  return result.properties.desired;
});
await tell('twin update of what has changed', () => registry.updateTwin(id, { properties: { desired: { interval: 6 } } }, stale));
await tell('twin update of whatever is there', async () => {
  const { responseBody } = await registry.updateTwin(id, { properties: { desired: { interval: null, deep: { y: 3 } } } }, '*');
  return { tags: responseBody.tags, desired: responseBody.properties.desired };
});

await tell('query', async () => {
  const query = registry.createQuery('SELECT * FROM devices', 1);
  const seen = [];
  while (query.hasMoreResults) {
    seen.push(...(await query.nextAsTwin()).result.map((row) => `${row.deviceId} ${row.status} ${row.connectionState}`));
  }
  return seen;
});
await tell('wrong query', () => registry.createQuery('SELECT nothing', 1).nextAsTwin());
await tell('method', async () => (await client.invokeDeviceMethod(id, { methodName: 'reboot', payload: { delay: 5 }, responseTimeoutInSeconds: 10 })).result);
await tell('method of a device that is away', () => client.invokeDeviceMethod('other', { methodName: 'reboot' }));
await tell('delete', async () => (await registry.delete(id)).httpResponse.statusCode);
await tell('scopes', () => scopes);
await tell('delete again', () => registry.delete(id));
