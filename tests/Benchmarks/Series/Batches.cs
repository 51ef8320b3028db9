using Serverless.Domain.Series;

namespace Serverless.Benchmarks.Series;

/// <summary>Batches of 1,000 messages of 5 values, each of another device.</summary>
internal static class Batches
{
    public const int Points5000 = 5000;

    private static readonly string[] Measurements = ["temperature", "humidity", "pressure", "battery", "rssi"];

    private static readonly TagSet[] Devices =
    [
        .. Enumerable
            .Range(0, 1000)
            .Select(i => TagSet.Of("uuid", new Guid(i * 7919, 1, 2, [.. BitConverter.GetBytes(i * 104_729L)]).ToString())),
    ];

    public static List<Point> Points(int batch)
    {
        var random = new Random(batch);
        var points = new List<Point>(Points5000);
        foreach (var device in Devices)
        {
            var time = 1_700_000_000_000_000_000 + (batch * 10_000_000_000L) + (random.Next(1000) * 1_000_000L);
            foreach (var measurement in Measurements)
            {
                points.Add(new Point(measurement, device, "value", time, FieldValue.Of(random.Next(10_000) / 100.0)));
            }
        }

        return points;
    }
}
