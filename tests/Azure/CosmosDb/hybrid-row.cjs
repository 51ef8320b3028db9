"use strict";

// The two rows of Microsoft.Azure.Cosmos.BatchApi (HybridRowBatchSchemas.json in azure-cosmos-dotnet-v3) in HybridRow's RecordIO framing: as much of the
// format as a batch of the SDK needs. A row is: version, schema id, presence bits of the fixed and variable fields, fixed fields, variable fields with their
// lengths, then sparse fields: type, path's number, value.
const version = 0x81;
const schemas = { segment: 0x7fffd8f0, record: 0x7fffd8f1, operation: 0x7fe15470, result: 0x7fe15471 };
const variables = ["partitionKey", "effectivePartitionKey", "id", "binaryId", "resourceBody"];
const sparse = { 8: "indexingDirective", 9: "ifMatch", 10: "ifNoneMatch", 11: "timeToLiveInSeconds", 12: "minimalReturnPreference" };
const types = { 2: () => false, 3: () => true, 9: reader => reader.int32(), 20: reader => reader.text() };

const crcTable = Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});
const crc32 = bytes => (bytes.reduce((crc, byte) => crcTable[(crc ^ byte) & 0xff] ^ (crc >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get done() {
    return this.at >= this.bytes.length;
  }

  byte() {
    return this.bytes[this.at++];
  }

  int32() {
    this.at += 4;
    return this.bytes.readInt32LE(this.at - 4);
  }

  uint32() {
    return this.int32() >>> 0;
  }

  varuint() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = this.byte();
      value += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) return value;
    }
  }

  take(length) {
    if (length > this.bytes.length - this.at) throw new Error("The batch is cut short.");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text() {
    return this.take(this.varuint()).toString("utf8");
  }

  row(schema) {
    if (this.byte() !== version || this.uint32() !== schema) throw new Error(`A row of schema ${schema} was expected.`);
    return this;
  }
}

function readOperation(bytes) {
  const reader = new Reader(bytes).row(schemas.operation);
  const present = reader.byte();
  const operation = { operationType: reader.int32(), resourceType: reader.int32() };
  variables.forEach((name, index) => {
    if (present & (4 << index)) operation[name] = reader.take(reader.varuint());
  });
  while (!reader.done) {
    const read = types[reader.byte()];
    const name = sparse[reader.varuint()];
    if (!read || !name) throw new Error("The batch holds a field that is not known here.");
    operation[name] = read(reader);
  }
  return {
    ...operation,
    id: operation.id && operation.id.toString("utf8"),
    resourceBody: operation.resourceBody && JSON.parse(operation.resourceBody.toString("utf8")),
  };
}

/** The operations of a batch request's body. */
exports.readBatch = bytes => {
  const reader = new Reader(bytes).row(schemas.segment);
  reader.take(5);
  const operations = [];
  while (!reader.done) {
    const length = reader.row(schemas.record).uint32();
    const sum = reader.uint32();
    const body = reader.take(length);
    if (crc32(body) !== sum) throw new Error("A record's check sum is wrong.");
    operations.push(readOperation(body));
  }
  return operations;
};

const header = schema => {
  const bytes = Buffer.alloc(5);
  bytes[0] = version;
  bytes.writeUInt32LE(schema, 1);
  return bytes;
};
const int32 = value => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** The body of a batch's response: results are { statusCode, eTag? }. */
exports.writeResults = results => {
  const records = results.map(({ statusCode, eTag }) => {
    const tag = eTag ? Buffer.from(eTag) : null;
    if (tag && tag.length > 127) throw new Error("A longer entity tag needs a longer length.");
    const rest = tag ? [Buffer.from([tag.length]), tag] : [];
    const body = Buffer.concat([header(schemas.result), Buffer.from([tag ? 7 : 3]), int32(statusCode), int32(0), ...rest]);
    return Buffer.concat([header(schemas.record), int32(body.length), int32(crc32(body)), body]);
  });
  return Buffer.concat([header(schemas.segment), Buffer.from([1]), int32(10), ...records]);
};
