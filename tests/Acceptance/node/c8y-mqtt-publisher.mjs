// Publishes measurements as fast as it may until its connection ends, 20 at a time at QoS 1: arguments are the MQTT address, user, password, a serial and the first number; prints the numbers that were
// acknowledged as one line of JSON.
import mqtt from 'mqtt';

const [broker, username, password, serial, first] = process.argv.slice(2);
const acknowledged = [];
const client = mqtt.connect(broker, { username, password, clientId: serial, reconnectPeriod: 0, connectTimeout: 20_000 });
let next = Number(first);

const publish = () => {
  const number = next++;
  const time = new Date(Date.UTC(2020, 0, 1) + number * 1000).toISOString();
  client.publish('s/us', `200,c8y_Killed,n,${number},,${time}`, { qos: 1 }, (error) => {
    if (!error) {
      acknowledged.push(number);
      publish();
    }
  });
};

client.once('connect', () => {
  for (let i = 0; i < 20; i++) {
    publish();
  }
});
client.on('error', () => {});
client.once('close', () => process.stdout.write(`${JSON.stringify(acknowledged)}\n`, () => process.exit(0)));
