using System.Globalization;
using System.Text.Json.Nodes;

namespace Serverless.App.Demo;

/// <summary>A demo device: what it is and what it sends.</summary>
/// <param name="Uuid">Its UUID, which is also its hub id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Interval">How often it sends.</param>
/// <param name="Payload">What it sends at a time.</param>
internal sealed record DemoDevice(Guid Uuid, string Name, string Type, TimeSpan Interval, Func<DateTimeOffset, JsonObject> Payload);

/// <summary>The demo's devices, with readings of temperature, pressure, power, battery and position, in the forms of payload that the cloud reads.</summary>
internal static class DemoDevices
{
    public static readonly Guid Pump = new("355f6856-e9a4-469f-8f22-3f8b037d064a");

    /// <summary>A measurement of the pump's.</summary>
    public const string PumpMeasurement = "temperature";

    public static IReadOnlyList<DemoDevice> All => [MakePump(), MakeColdRoom(), MakeInverter(), MakeVan(), MakeBoiler()];

    private static DemoDevice MakePump()
    {
        var temperature = new Signal(58, 6, TimeSpan.FromMinutes(7), 0.6, 1);
        var pressure = new Signal(4.2, 0.5, TimeSpan.FromMinutes(3), 0.08, 2);
        var watt = new Signal(1450, 260, TimeSpan.FromMinutes(3), 25, 0);
        return new DemoDevice(
            Pump,
            "Pump 1",
            "pump",
            TimeSpan.FromSeconds(1),
            time => new JsonObject
            {
                ["temperature"] = temperature.At(time),
                ["pressure"] = pressure.At(time),
                ["watt"] = watt.At(time),
            }
        );
    }

    private static DemoDevice MakeColdRoom()
    {
        var temperature = new Signal(-18.5, 1.5, TimeSpan.FromMinutes(20), 0.15, 2);
        var humidity = new Signal(71, 6, TimeSpan.FromMinutes(30), 0.8, 1);
        var battery = new Signal(87, 2, TimeSpan.FromHours(6), 0.1, 0);
        return new DemoDevice(
            new Guid("7b2f9a1c-54d3-4f0e-9d0b-6f3a6c1e8b02"),
            "Cold room",
            "sensor",
            TimeSpan.FromSeconds(5),
            time => new JsonObject
            {
                ["c8y_Temperature"] = new JsonObject { ["T"] = Quantity(temperature.At(time), "C") },
                ["c8y_Humidity"] = new JsonObject { ["h"] = Quantity(humidity.At(time), "%") },
                ["battery"] = battery.At(time),
            }
        );
    }

    private static DemoDevice MakeInverter()
    {
        var power = new Signal(3200, 1400, TimeSpan.FromMinutes(12), 90, 0);
        var voltage = new Signal(231, 3, TimeSpan.FromMinutes(5), 0.8, 1);
        var energy = 0.0;
        return new DemoDevice(
            new Guid("1f0c2d6e-8a77-4b35-a1c4-2d9e5f7a3c03"),
            "Roof inverter",
            "inverter",
            TimeSpan.FromSeconds(2),
            time =>
            {
                var now = power.At(time);
                energy += now * 2 / 3_600_000;
                return new JsonObject
                {
                    ["power"] = new JsonObject { ["ac"] = now, ["dc"] = Math.Round(now * 1.034) },
                    ["voltage"] = voltage.At(time),
                    ["energy"] = Math.Round(energy, 4),
                };
            }
        );
    }

    private static DemoDevice MakeVan()
    {
        var (latitude, longitude) = (
            new Signal(60.17, 0.03, TimeSpan.FromMinutes(18), 0.0004, 6),
            new Signal(24.94, 0.06, TimeSpan.FromMinutes(11), 0.0004, 6)
        );
        var speed = new Signal(46, 22, TimeSpan.FromMinutes(2), 4, 0);
        var battery = new Signal(64, 25, TimeSpan.FromMinutes(45), 0.3, 1);
        return new DemoDevice(
            new Guid("c4a1e7d2-3b58-4c96-8f21-90b7d5e6a104"),
            "Delivery van",
            "vehicle",
            TimeSpan.FromSeconds(1),
            time => new JsonObject
            {
                ["timestamp"] = time.ToUnixTimeMilliseconds(),
                ["position"] = new JsonObject { ["lat"] = latitude.At(time), ["lng"] = longitude.At(time) },
                ["speed"] = speed.At(time),
                ["battery"] = battery.At(time),
            }
        );
    }

    private static DemoDevice MakeBoiler()
    {
        var temperature = new Signal(71, 12, TimeSpan.FromMinutes(4), 0.7, 1);
        var flow = new Signal(18.4, 3, TimeSpan.FromMinutes(6), 0.4, 1);
        return new DemoDevice(
            new Guid("e9d8c7b6-a5f4-4e3d-9c2b-1a0f9e8d7c05"),
            "Boiler",
            "boiler",
            TimeSpan.FromSeconds(3),
            time =>
            {
                var now = temperature.At(time);
                var color = now > 82 ? 1 : 0;
                return new JsonObject
                {
                    ["data"] = new JsonObject
                    {
                        ["timestamp"] = time.ToUnixTimeMilliseconds(),
                        ["temp"] = now,
                        ["flow"] = flow.At(time),
                    },
                    ["trafficlight"] = new JsonObject
                    {
                        ["color"] = color,
                        ["msg"] = color == 0 ? "Normal operation" : string.Create(CultureInfo.InvariantCulture, $"Hot: {now} degrees"),
                    },
                };
            }
        );
    }

    private static JsonObject Quantity(double value, string unit) => new() { ["value"] = value, ["unit"] = unit };
}
