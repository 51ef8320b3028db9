// @c8y/client at work on inventory, identity, binaries, options, the user and logins: arguments are base URL, tenant, user and password; what it finds is one line of JSON.
import { createRequire } from 'node:module';

const { BasicAuth, Client } = createRequire(import.meta.url)('@c8y/client');
const [baseUrl, tenant, user, password] = process.argv.slice(2);
const found = {};
const names = (list) => list.map((one) => one.name);
const failure = async (work) => {
  try {
    await work();
    return null;
  } catch (error) {
    return { status: error.res.status, error: error.data.error, message: error.data.message };
  }
};

const client = await Client.authenticate({ user: `${tenant}/${user}`, password }, baseUrl);
found.tenant = client.core.tenant;
const { inventory, identity } = client;

// Objects.
const { data: device, res: created } = await inventory.create({ name: 'npm device', type: 'npm_Type', c8y_IsDevice: {}, npm_Custom: { n: 1.5, list: [1, null] } });
found.created = { status: created.status, custom: device.npm_Custom, id: typeof device.id };
const { data: detail } = await inventory.detail(device.id, { withChildren: true });
found.detail = { name: detail.name, owner: detail.owner, children: detail.childDevices.references };
const { data: updated } = await inventory.update({ id: device.id, name: "it's (new) [name]", npm_Custom: null });
found.updated = { name: updated.name, custom: updated.npm_Custom ?? null };
found.missing = await failure(() => inventory.detail('1'));

// Lists.
for (let i = 0; i < 3; i++) {
  await inventory.create({ name: `npm list ${i}`, type: 'npm_List', npm_Number: { value: i + 0.5 } });
}
const { data: first, paging } = await inventory.list({ pageSize: 2, withTotalPages: true, type: 'npm_List' });
found.list = { first: names(first), pages: paging.totalPages };
const next = await paging.next();
found.list.second = names(next.data);
const query = inventory.queriesUtil;
const filter = { __and: [{ type: 'npm_*' }, { 'npm_Number.value': { __gt: 0.7 } }, { __not: { name: 'npm list 2' } }] };
found.query = names((await inventory.listQuery({ __filter: filter, __orderby: [{ name: -1 }] }, { withTotalPages: true })).data);
found.devices = names((await inventory.listQueryDevices({ name: "it's (new) [name]" })).data);
found.raw = names((await inventory.list({ query: query.buildQuery({ __filter: { __has: 'npm_Number' }, __orderby: [{ 'creationTime.date': -1 }] }) })).data);
found.badQuery = await failure(() => inventory.list({ query: "name like 'x'" }));
found.count = (await inventory.count({ type: 'npm_List' })).data;

// Children.
const { data: child } = await inventory.create({ name: 'npm child', c8y_IsDevice: {} });
const { data: part } = await inventory.create({ name: 'npm part' });
const { data: added } = await inventory.childDevicesAdd(child.id, device.id);
await inventory.childAdditionsBulkAdd([part.id, child.id], device.id);
const { data: made } = await inventory.childAssetsCreate({ name: 'npm asset' }, device.id);
const devices = await inventory.childDevicesList(device.id, { pageSize: 10 });
const additions = await inventory.childAdditionsList(device.id, { pageSize: 10 });
found.children = {
  added: (added.managedObject ?? added).id === child.id,
  devices: names(devices.data),
  page: devices.paging.currentPage,
  additions: names(additions.data),
  assets: names((await inventory.childAssetsList(device.id)).data),
  hierarchy: names((await inventory.listQuery({ __isinhierarchyof: device.id }, { pageSize: 10 })).data).sort(),
};
found.removed = (await inventory.childDevicesRemove(child.id, device.id)).res.status;
found.left = names((await inventory.childDevicesList(device.id)).data);
found.measurements = await inventory.getMeasurementsAndSeries(device.id).then((all) => ({ data: all.data ?? all }));

// Identity.
const external = { type: 'c8y_Serial', externalId: `npm/${device.id}` };
const identified = await identity.create({ ...external, managedObject: { id: device.id } });
found.identity = {
  status: identified.res.status,
  detail: (await identity.detail(external)).data.managedObject.id === device.id,
  list: (await identity.list(device.id)).data.map((one) => one.externalId === external.externalId),
  taken: await failure(() => identity.create({ ...external, managedObject: { id: child.id } })),
  deleted: (await identity.delete(external)).res.status,
  gone: (await failure(() => identity.detail(external))).status,
};

// Binaries.
const binary = await inventory.binary.create(Buffer.from('Hello, file'), { name: 'hello.txt', type: 'text/plain' });
const download = await inventory.binary.download(binary.data.id);
found.binary = {
  status: binary.res.status,
  length: binary.data.length,
  type: binary.data.contentType,
  text: await download.text(),
  listed: (await inventory.binary.list({ pageSize: 100 })).data.some((one) => one.id === binary.data.id),
  deleted: (await inventory.binary.delete(binary.data.id)).res.status,
};

// Options.
const option = { category: 'npm.category', key: 'npm.key', value: 'one' };
const options = client.options.tenant;
found.options = {
  created: (await options.create(option)).data.value,
  updated: (await options.update({ ...option, value: 'two' })).data.value,
  detail: (await options.detail(option)).data.value,
  listed: (await options.list({ pageSize: 100 })).data.some((one) => one.key === option.key),
  deleted: (await options.delete(option)).res.status,
  system: (await client.options.system.detail({ category: 'system', key: 'version' })).data.key,
};

// The user.
found.user = {
  effective: (await client.user.currentWithEffectiveRoles()).data.effectiveRoles.some((role) => role.id === 'ROLE_INVENTORY_ADMIN'),
  whole: (await client.user.current()).data.roles.references.length > 0,
  updated: (await client.user.updateCurrent({ firstName: 'Npm' })).data.firstName,
};

// Logins.
const byToken = await Client.authenticateViaOAuthInternal({ tenant, user, password }, baseUrl);
found.oauth = names((await byToken.inventory.list({ type: 'npm_Type' })).data);
const byCookie = await Client.authenticateViaOAuthInternalCookie({ tenant, user, password }, baseUrl);
found.cookie = names((await byCookie.inventory.list({ type: 'npm_Type' })).data);
found.wrong = await Client.authenticate({ user: `${tenant}/${user}`, password: 'wrong password' }, baseUrl).then(
  () => null,
  (error) => error.res?.status ?? error.message,
);
found.basic = new BasicAuth({ user: `${tenant}/${user}`, password }).getFetchOptions({}).headers.Authorization.startsWith('Basic ');

// And away.
found.deleted = (await inventory.delete(device.id, { cascade: true })).res.status;
found.after = (await failure(() => inventory.detail(made.id))).status;
process.stdout.write(`${JSON.stringify(found)}\n`);
