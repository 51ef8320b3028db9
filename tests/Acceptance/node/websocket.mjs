// MQTT.js over WebSocket as an IoT Hub device: arguments are the URL, the device's id, a user name, a password and a message; it publishes at QoS 1 and prints "acknowledged".
import mqtt from 'mqtt';

const [url, clientId, username, password, message] = process.argv.slice(2);
const client = mqtt.connect(url, { clientId, username, password, reconnectPeriod: 0 });
client.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
client.on('connect', () => {
  client.publish(`devices/${clientId}/messages/events/`, message, { qos: 1 }, (error) => {
    if (error) throw error;
    console.log('acknowledged');
    client.end();
  });
});
