// @c8y/client at work on device registration, alarms, operations, bulk operations and the audit log, as a person's program and as an agent: arguments are base URL, tenant, user, password and
// the bootstrap password; what it finds is one line of JSON.
import { createRequire } from 'node:module';

const { BasicAuth, Client } = createRequire(import.meta.url)('@c8y/client');
const [baseUrl, tenant, user, password, bootstrapPassword] = process.argv.slice(2);
const found = {};
const failure = async (work) => {
  try {
    await work();
    return null;
  } catch (error) {
    return { status: error.res.status, error: error.data.error };
  }
};
const until = async (look) => {
  for (let i = 0; i < 200; i++) {
    const seen = await look();
    if (seen) {
      return seen;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('It did not come.');
};

const client = await Client.authenticate({ user: `${tenant}/${user}`, password }, baseUrl);
const { alarm, audit, inventory, operation, operationBulk } = client;
const registration = client.deviceRegistration;

// An agent that has nothing but its serial number gets credentials.
const serial = 'npm-agent-1';
const asBootstrap = { basicAuth: { user: 'management/devicebootstrap', pass: bootstrapPassword } };
const expected = await registration.create({ id: serial });
found.expected = { status: expected.res.status, is: expected.data.status };
found.tooEarly = await failure(() => registration.accept(serial));
found.waiting = await failure(() => registration.bootstrap(serial, asBootstrap));
found.asked = (await registration.list()).data.map((request) => `${request.id} ${request.status}`);
found.accepted = (await registration.accept(serial)).data.status;
const { data: credentials } = await registration.bootstrap(serial, asBootstrap);
found.credentials = { user: credentials.username, tenant: credentials.tenantId };
found.once = await failure(() => registration.bootstrap(serial, asBootstrap));
found.limit = (await registration.limit()).data.isReached;

// With them it makes its own object, and sees no more than that.
const agent = new Client(new BasicAuth({ tenant, user: credentials.username, password: credentials.password }), baseUrl);
const { data: device } = await agent.inventory.create({ name: 'npm agent', c8y_IsDevice: {}, com_cumulocity_model_Agent: {}, c8y_SupportedOperations: ['c8y_Restart'] });
found.forbidden = await failure(() => agent.audit.list());

// Alarms.
const time = '2020-03-19T12:03:27.845Z';
const raised = await agent.alarm.create({ source: { id: device.id }, type: 'npm_Hot', text: 'It is hot.', severity: 'major', time, npm_Detail: { value: 1.5 } });
const again = await agent.alarm.create({ source: { id: device.id }, type: 'npm_Hot', text: 'ignored', severity: 'MINOR', time });
found.alarm = {
  status: raised.res.status,
  severity: raised.data.severity,
  detail: raised.data.npm_Detail,
  count: again.data.count,
  same: again.data.id === raised.data.id,
  text: again.data.text,
};
found.counts = (await inventory.detail(device.id)).data.c8y_ActiveAlarmsStatus;
found.acknowledged = (await alarm.update({ id: raised.data.id, status: 'ACKNOWLEDGED' })).data.status;
found.alarmDetail = (await alarm.detail(raised.data.id)).data.status;
found.alarms = (await alarm.list({ source: device.id, resolved: false, withTotalPages: true })).paging.totalPages;
found.counted = (await alarm.count({ source: device.id, status: 'ACTIVE,ACKNOWLEDGED' })).data;
found.bulkUpdate = (await alarm.updateBulk({ status: 'CLEARED' }, { source: device.id, resolved: false })).status;
found.cleared = (await alarm.count({ source: device.id, resolved: true })).data;
found.wrongAlarm = await failure(() => alarm.create({ source: { id: device.id }, type: 'npm_Hot' }));

// An operation from creation to the agent and back.
const { data: restart, res: given } = await operation.create({ deviceId: device.id, description: 'Restart', c8y_Restart: {} });
found.operation = { status: given.status, is: restart.status, device: restart.deviceName };
const [pending] = (await agent.operation.list({ agentId: device.id, status: 'PENDING' })).data;
found.pending = pending.id === restart.id && pending.description === 'Restart';
found.executing = (await agent.operation.update({ id: pending.id, status: 'EXECUTING' })).data.status;
found.seen = (await operation.detail(restart.id)).data.status;
found.done = (await agent.operation.update({ id: pending.id, status: 'SUCCESSFUL', c8y_Command: { result: 'ok' } })).data.c8y_Command;
found.after = (await operation.list({ deviceId: device.id })).data.map((one) => one.status);
found.ended = await failure(() => agent.operation.update({ id: pending.id, status: 'EXECUTING' }));

// One for every device of a group.
const { data: group } = await inventory.create({ name: 'npm group', type: 'c8y_DeviceGroup', c8y_IsDeviceGroup: {} });
await inventory.childAssetsAdd(device.id, group.id);
const startDate = new Date().toISOString();
const { data: bulk } = await operationBulk.create({ groupId: group.id, startDate, creationRamp: 0.1, operationPrototype: { description: 'Bulk', c8y_Restart: {} } });
const one = await until(async () => (await agent.operation.list({ agentId: device.id, status: 'PENDING' })).data[0]);
found.bulk = { prototype: one.description, of: String(one.bulkOperationId) === bulk.id };
await agent.operation.update({ id: one.id, status: 'SUCCESSFUL' });
found.bulkProgress = (await operationBulk.detail(bulk.id)).data.progress;
const later = (await operationBulk.create({ groupId: group.id, startDate: '2099-01-01T00:00:00Z', creationRamp: 15, operationPrototype: { c8y_Restart: {} } })).data;
found.bulkUpdated = (await operationBulk.update({ id: later.id, creationRamp: 20 })).data.creationRamp;
found.bulkDeleted = (await operationBulk.delete(later.id)).res.status;
found.bulks = (await operationBulk.list()).data.map((each) => each.generalStatus);

// Who did what.
found.audit = (await audit.list({ source: restart.id, pageSize: 10 })).data.map((record) => `${record.user}: ${record.text}`);
const { data: record } = await audit.create({ type: 'Inventory', activity: 'Looked at', text: 'by hand', time, source: { id: device.id } });
found.record = (await audit.detail(record.id)).data.activity;
process.stdout.write(`${JSON.stringify(found)}\n`);
