// @c8y/client at work on measurements, events and their files: arguments are base URL, tenant, user, password and a device's id; what it finds is one line of JSON.
import { createRequire } from 'node:module';

const { Client, EventBinaryService } = createRequire(import.meta.url)('@c8y/client');
const [baseUrl, tenant, user, password, device] = process.argv.slice(2);
const found = {};
const failure = async (work) => {
  try {
    await work();
    return null;
  } catch (error) {
    return { status: error.res.status, error: error.data.error, message: error.data.message };
  }
};

const client = await Client.authenticate({ user: `${tenant}/${user}`, password }, baseUrl);
const { measurement, event } = client;
const eventBinary = new EventBinaryService(client.core);

// Measurements.
const at = (second) => `2024-05-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const ids = [];
for (let second = 0; second < 7; second++) {
  const { data } = await measurement.create({
    sourceId: device,
    time: at(second),
    type: second % 2 ? 'npm_Odd' : 'npm_Even',
    npm_Steam: { T: { value: 20 + second, unit: 'C' }, P: { value: second / 2 } },
  });
  ids.push(data.id);
}
const created = await measurement.create({ sourceId: device, npm_Now: { x: { value: 1 } } });
found.created = { status: created.res.status, type: created.data.type, source: created.data.source.id === device };
const { data: detail } = await measurement.detail(ids[3]);
found.detail = { id: detail.id === ids[3], time: detail.time, type: detail.type, npm_Steam: detail.npm_Steam };

const range = { source: device, dateFrom: at(0), dateTo: '2024-05-02' };
const { data: first, paging } = await measurement.list({ ...range, pageSize: 3, withTotalPages: true });
const values = (list) => list.map((one) => one.npm_Steam.T.value);
found.list = { first: values(first), totalPages: paging.totalPages };
const second = await paging.next();
const third = await second.paging.next();
found.list.second = values(second.data);
found.list.third = values(third.data);
found.list.end = third.paging.nextPage ?? null;
found.reverted = values((await measurement.list({ ...range, revert: true, pageSize: 2 })).data);
found.filtered = values((await measurement.list({ ...range, type: 'npm_Odd', valueFragmentType: 'npm_Steam', valueFragmentSeries: 'T' })).data);

const { data: series } = await measurement.listSeries({ ...range, series: ['npm_Steam.T', 'npm_Steam.P'], aggregationType: 'HOURLY', revert: true });
found.series = series;
const raw = await measurement.listSeries({ ...range, series: 'npm_Steam.P', dateTo: at(2) });
found.raw = Object.values(raw.data.values);
const file = await measurement.getMeasurementsFile({ ...range, dateTo: at(1) }, { accept: 'text/csv' });
found.file = { status: file.status, lines: (await file.text()).trim().split('\r\n').map((line) => line.replace(device, 'DEVICE')) };
found.deleted = (await measurement.delete(ids[0])).res.status;
found.gone = await failure(() => measurement.detail(ids[0]));
found.wrong = await failure(() => measurement.create({ sourceId: '1', npm: { x: { value: 1 } } }));

// Events.
const { data: made, res } = await event.create({ source: { id: device }, type: 'npm_Event', text: 'made', time: at(5), npm_Custom: { n: [1, 2.5] } });
found.event = { status: res.status, id: typeof made.id, custom: made.npm_Custom };
const { data: updated } = await event.update({ id: made.id, text: 'updated', npm_Custom: null });
found.updated = { text: updated.text, custom: updated.npm_Custom ?? null };
await event.create({ source: { id: device }, type: 'npm_Event', text: 'older', time: at(1) });
const events = await event.list({ source: device, type: 'npm_Event', withTotalPages: true, pageSize: 1 });
found.events = { texts: events.data.map((one) => one.text), totalPages: events.paging.totalPages };
found.events.next = (await events.paging.next()).data.map((one) => one.text);
found.oldest = (await event.list({ source: device, type: 'npm_Event', dateFrom: at(0), revert: true })).data.map((one) => one.text);

const bytes = Buffer.from([0, 255, 128, 10, 13, 200]);
const upload = await eventBinary.upload(bytes, made);
found.upload = { status: upload.res.status, source: upload.data.source === made.id, type: upload.data.type };
found.attached = (await event.detail(made.id)).data.c8y_IsBinary.length;
found.twice = await failure(() => eventBinary.upload(bytes, made.id));
found.download = Buffer.from(await (await eventBinary.download(made.id)).arrayBuffer()).equals(bytes);
found.detached = (await eventBinary.delete(made.id)).res.status;
found.none = await failure(() => eventBinary.download(made.id));
found.eventDeleted = (await event.delete(made.id)).res.status;
found.eventGone = await failure(() => event.detail(made.id));
found.incomplete = await failure(() => event.create({ source: { id: device }, type: 'npm_Event' }));

process.stdout.write(`${JSON.stringify(found)}\n`);
