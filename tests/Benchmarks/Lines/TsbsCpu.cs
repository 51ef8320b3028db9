using System.Globalization;
using System.Text;

namespace Serverless.Benchmarks.Lines;

/// <summary>TSBS's "cpu-only" data: per host and tick one line of ten tags and ten integer fields, each a clamped random walk, hosts interleaved.</summary>
/// <remarks>After timescale/tsbs, pkg/data/usecases (devops): steps N(0, 1) within 0 and 100, begun evenly distributed; values are the floor of the walk.</remarks>
internal sealed class TsbsCpu(int hosts, int seed = 123)
{
    /// <summary>Seconds between two points of a host.</summary>
    public const int Interval = 10;

    public static readonly string[] Fields =
    [
        "usage_user",
        "usage_system",
        "usage_idle",
        "usage_nice",
        "usage_iowait",
        "usage_irq",
        "usage_softirq",
        "usage_steal",
        "usage_guest",
        "usage_guest_nice",
    ];

    private static readonly string[] Regions =
    [
        "us-east-1",
        "us-west-1",
        "us-west-2",
        "eu-west-1",
        "eu-central-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "sa-east-1",
    ];

    /// <summary>The first <paramref name="count"/> bodies of <see cref="LineBodies.Lines"/> lines.</summary>
    public IEnumerable<byte[]> Bodies(int count)
    {
        var random = new Random(seed);
        var keys = Enumerable.Range(0, hosts).Select(host => Key(host, random)).ToArray();
        var values = new double[hosts * Fields.Length];
        foreach (ref var value in values.AsSpan())
        {
            value = random.NextDouble() * 100;
        }

        var text = new StringBuilder();
        for (var line = 0L; line < (long)count * LineBodies.Lines; line++)
        {
            var host = (int)(line % hosts);
            Append(text, keys[host], values.AsSpan(host * Fields.Length, Fields.Length), random);
            text.Append(CultureInfo.InvariantCulture, $" {LineBodies.Start + (line / hosts * Interval)}000000000\n");
            if ((line + 1) % LineBodies.Lines == 0)
            {
                yield return Encoding.UTF8.GetBytes(text.ToString());
                text.Clear();
            }
        }
    }

    private static void Append(StringBuilder text, string key, Span<double> walk, Random random)
    {
        text.Append(key);
        for (var i = 0; i < walk.Length; i++)
        {
            walk[i] = Math.Clamp(walk[i] + Normal(random), 0, 100);
            text.Append(i == 0 ? ' ' : ',').Append(Fields[i]).Append('=').Append((long)walk[i]).Append('i');
        }
    }

    private static string Key(int host, Random random)
    {
        var region = Regions[random.Next(Regions.Length)];
        string[] systems = ["Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"];
        string[] teams = ["SF", "NYC", "LON", "CHI"];
        string[] environments = ["production", "staging", "test"];
        return $"cpu,hostname=host_{host},region={region},datacenter={region}{(char)('a' + random.Next(3))},rack={random.Next(100)},"
            + $"os={systems[random.Next(3)]},arch={(random.Next(2) == 0 ? "x64" : "x86")},team={teams[random.Next(4)]},service={random.Next(20)},"
            + $"service_version={random.Next(2)},service_environment={environments[random.Next(3)]}";
    }

    /// <summary>A normally distributed step (Box and Muller 1958).</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
